import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
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

it('README and the help of doctor say how to install without CUDA libraries, as onnxruntime-node’s script reads it', async () => {
  const command = /\b(ONNXRUNTIME_NODE_INSTALL\w*)=(\w+) npm install moonstep/
  const [said, name, value] = command.exec(readFileSync('README.md', 'utf8'))!
  expect((await helpOf('doctor')).replace(/\s+/g, ' ')).toContain(said)
  const script = 'node_modules/onnxruntime-node/script/install.js'
  // a script that took no notice of it would ask for what this proxy does not give
  const env = { ...process.env, [name!]: value, GLOBAL_AGENT_HTTPS_PROXY: 'http://127.0.0.1:9' }
  const { status, stdout, stderr } = spawnSync(process.execPath, [script], { env, encoding: 'utf8' })
  expect([status, stdout, stderr]).toEqual([0, '', ''])
})
