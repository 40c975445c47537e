import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from '../cli/parse.ts'
import { shellWords } from '../cli/shell-words.ts'
import { describeWith, type Need, python } from '../helpers/needs.ts'
import { type Block, blocksOf } from './blocks.ts'
import { closeBrowser, type OpenedPage, openPage } from './browser.ts'
import { compile } from './compile.ts'
import { departure } from './output.ts'
import { createPlace, type Place, root } from './place.ts'

/** For a block that hangs: none takes a tenth of that on a machine of its own. */
const longest = 180_000

/**
 * A suite that runs all blocks of a page, one after another, in one temporary folder: a test a block. Of what is trained,
 * the page shows results only of as many steps as `shown`; everything else is trained for a tenth of its steps.
 */
export function describePage(page: string, shown: readonly number[] = []): void {
  const blocks = blocksOf(readFileSync(join(root, page), 'utf8'), page).map((block) =>
    shortened(block, shown),
  )

  describe(page, () => {
    let place: Place
    let printed = ''
    let opened: OpenedPage | undefined

    beforeAll(() => {
      place = createPlace()
      const modules = blocks.filter(({ language, isOutput }) => language === 'ts' && !isOutput)
      for (const block of modules) place.write(nameOf(block), block.text)
      compile(place.folder, modules.map(nameOf))
    })
    afterAll(async () => {
      await opened?.close()
      await closeBrowser()
      place.remove()
    })

    const run = (block: Block): string => {
      const { status, stdout, stderr } = runBlock(place, block)
      expect(status, `${page}, line ${block.line}: ${stderr}`).toBe(0)
      return stdout
    }

    for (const [i, block] of blocks.entries()) {
      const title = `line ${block.line}: ${block.language}: ${block.text.trim().split('\n')[0]}`
      const body = async () => {
        if (block.isOutput) {
          const actual = opened ? await opened.text(block.text) : printed
          expect(departure(actual, block.text, block.within)).toBeUndefined()
          return
        }
        await opened?.close()
        opened = undefined
        if (block.file === undefined) printed = run(block)
        else place.write(block.file, block.text)
        if (block.opens !== undefined) opened = await openPage(place.folder, block.opens)
      }
      const { opens, needs, isByHand } = block.isOutput ? blocks[i - 1]! : block
      const need = (opens === undefined ? needs : 'chromium') as Need | undefined
      if (isByHand) it(`${title} (by hand): its commands are commands`, () => readBlock(block))
      else if (need) describeWith(need, title, () => it('works', body, longest))
      else it(title, body, longest)
    }
  })
}

function shortened(block: Block, shown: readonly number[]): Block {
  const text = block.text.replace(/(?<=--steps |\bsteps: )\d+/g, (steps) =>
    shown.includes(Number(steps)) ? steps : String(Math.ceil(Number(steps) / 10)),
  )
  return { ...block, text }
}

function nameOf({ file, line }: Block): string {
  return file ?? `line-${line}.ts`
}

/** For what needs a GPU: the shell can read it, and moonstep knows its commands and their options. */
async function readBlock({ language, text }: Block): Promise<void> {
  expect(language).toBe('sh')
  const { status, stderr } = spawnSync('bash', ['-n', '-c', text], { encoding: 'utf8' })
  expect([status, stderr]).toEqual([0, ''])
  for (const [, command] of text.matchAll(/^npx moonstep (.*)$/gm)) await parse(shellWords(command!))
}

function runBlock(place: Place, block: Block) {
  if (block.language === 'ts') return place.run(process.execPath, nameOf(block).replace(/\.ts$/, '.js'))
  if (block.language === 'python') return place.run(python, '-c', block.text)
  return place.run('bash', '-euo', 'pipefail', '-c', block.text)
}
