import { expect, it } from 'vitest'
import { commandNames } from '../../src/cli/commands/index.ts'
import { helpOf, parse } from './parse.ts'
import { shellWords } from './shell-words.ts'

it.each(commandNames)(
  'the help of %s has examples, all of commands and options that there are',
  async (name) => {
    const [, examples = ''] = (await helpOf(name)).split('Examples:\n')
    const lines = examples.match(/^ +moonstep .*$/gm) ?? []
    expect(lines.some((line) => line.trim().startsWith(`moonstep ${name}`))).toBe(true)
    for (const line of lines) await parse(shellWords(line.trim().split(/ {2,}/)[0]!).slice(1))
  },
)

it('an option that there is not is an error here', async () => {
  await expect(parse(['sample', 'model.onnx', '--nope'])).rejects.toThrow('Unknown argument: nope')
})
