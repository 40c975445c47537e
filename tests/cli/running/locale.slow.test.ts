import { execFile } from 'node:child_process'
import { expect, it } from 'vitest'
import { command, type Outcome, root } from '../../helpers/cli.ts'
import { wrongCalls } from '../wrong-calls.ts'

const model = 'models/two-moons-seed/model.onnx'

/** Runs a command where the system speaks another language. */
function moonstepIn(env: Record<string, string>, words: readonly string[]): Promise<Outcome> {
  const clean = {
    ...process.env,
    LC_ALL: undefined,
    LC_MESSAGES: undefined,
    LANG: undefined,
    LANGUAGE: undefined,
  }
  const [program, ...args] = command(...words)
  return new Promise((resolve) => {
    const child = execFile(program!, args, { cwd: root, env: { ...clean, ...env } }, (_, stdout, stderr) =>
      resolve({ status: child.exitCode, stdout, stderr }),
    )
  })
}

const locales = [
  { LC_ALL: 'de_DE.UTF-8' },
  { LC_MESSAGES: 'fr_FR.UTF-8' },
  { LANG: 'ja_JP.UTF-8' },
  { LANGUAGE: 'es:de' },
]

// nothing at all asks for the help
const refused = wrongCalls.filter(([line]) => line.length > 0)

it.each(refused.map(([line, said]) => [line.join(' '), line, said] as const))(
  'moonstep %s is refused in English, whatever the locale',
  async (_, line, said) => {
    for (const { status, stdout, stderr } of await Promise.all(locales.map((env) => moonstepIn(env, line)))) {
      expect(status).toBe(2)
      if (line.includes('--json')) expect(JSON.parse(stdout).error.message.startsWith(said)).toBe(true)
      else expect(stdout).toBe('')
      expect(stderr.startsWith(`moonstep: ${said}`)).toBe(true)
      expect(stderr).toMatch(/^[^\n]+\n$/)
    }
  },
)

it('the help is English in every locale', async () => {
  const [plain, ...others] = await Promise.all(
    [{ LC_ALL: 'C' }, ...locales].map((env) => moonstepIn(env, ['sample', '--help'])),
  )
  expect(plain).toMatchObject({ status: 0, stdout: expect.stringContaining('Options:') })
  for (const other of others) expect(other).toEqual(plain)
})

it('an error of the library names the flag, and repeats what was typed', async () => {
  for (const [words, said] of [
    [['-n', '0'], '-n 0: give a whole number from 1 to 9007199254740991'],
    [['--count=-5'], '--count -5: give a whole number from 1 to 9007199254740991'],
    [['--num-steps', '99'], '--num-steps 99: give a whole number from 1 to 10'],
    [['--threads', '1.5'], '--threads 1.5: give a whole number from 1 to 1024'],
  ] as const)
    expect(await moonstepIn({ LC_ALL: 'de_DE.UTF-8' }, ['sample', model, ...words])).toEqual({
      status: 2,
      stdout: '',
      stderr: `moonstep: ${said}\n`,
    })
})
