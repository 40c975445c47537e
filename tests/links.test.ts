import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { brokenLinks } from './helpers/links.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.md'))
  .map((file) => join('docs', file))

it('every link of the docs leads to an existing file, and every anchor to a heading', () => {
  const files = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...pages]
  expect(files.flatMap((file) => brokenLinks(root, file))).toEqual([])
})

it('brokenLinks lists the links that lead nowhere', () => {
  const folder = mkdtempSync(join(tmpdir(), 'moonstep-links-'))
  writeFileSync(join(folder, 'b.md'), '# The `file`s: *what* they hold\n\n## Twice\n\n## Twice\n')
  const good = ['b.md', 'b.md#the-files-what-they-hold', 'b.md#twice-1', '#a', 'https://example.org/none.md']
  const bad = ['c.md', 'b.md#the-file', 'b.md#twice-2', '#b', '../b.md']
  const written = [...good, ...bad].map((link) => `- [there](${link})`).join('\n')
  writeFileSync(join(folder, 'a.md'), `# A\n\n${written}\n\n![picture](d.png) <a href="e.md">e</a>\n`)
  const broken = brokenLinks(folder, 'a.md').map((line) => line.split(': ')[1])
  expect(broken).toEqual([...bad, 'd.png', 'e.md'])
  rmSync(folder, { recursive: true })
})
