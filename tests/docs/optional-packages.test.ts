import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { blocksOf } from './blocks.ts'
import { root } from './place.ts'

/** What a command needs beyond `npm install moonstep`, and the text that says how to get it. */
const optional = [
  // sample draws its own pictures
  { used: /moonstep (?!sample).*--out \S+\.(png|gif)\b/, said: /npm install [^\n]*@resvg\/resvg-js/ },
  { used: /--engine tensorflow|--providers? \S*tensorflow/, said: /doctor --install tensorflow/ },
  { used: /--out \S+\.arrow\b|\btoArrow\b/, said: /npm install [^\n]*apache-arrow/ },
  { used: /--grpc/, said: /npm install [^\n]*@grpc\/grpc-js/ },
  { used: /(webgpu|wasm)-browser/, said: /npm install [^\n]*playwright-core/ },
]

const pages = [
  ...['tutorial.md', 'tutorial-table.md'].map((file) => join(root, 'docs', file)),
  ...readdirSync(join(root, 'docs/how-to')).map((file) => join(root, 'docs/how-to', file)),
]

// the pages' blocks run beside all of our own packages, so that running them doesn't show this
it('a page whose commands need an optional package says how to install it', () => {
  const commands = (text: string, page: string) =>
    blocksOf(text, page)
      .map((block) => block.text)
      .join('\n')
  const faults = pages.flatMap((page) => {
    const text = readFileSync(page, 'utf8')
    return optional
      .filter(({ used, said }) => used.test(commands(text, page)) && !said.test(text))
      .map(({ used }) => `${page.slice(root.length)}: ${used.source}`)
  })
  expect(faults).toEqual([])
})
