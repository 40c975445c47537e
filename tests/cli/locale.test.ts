import { afterEach, expect, it, vi } from 'vitest'
import { moonstep } from '../helpers/cli.ts'
import { wrongCalls } from './wrong-calls.ts'

const variables = ['LC_ALL', 'LC_MESSAGES', 'LANG', 'LANGUAGE'] as const
const locales: readonly (readonly [variable: (typeof variables)[number], locale: string])[] = [
  ['LC_ALL', 'de_DE.UTF-8'],
  ['LC_MESSAGES', 'fr_FR.UTF-8'],
  ['LANG', 'ja_JP.UTF-8'],
  ['LANGUAGE', 'es:de'],
]

/** Sets the system's language, from which the parser would take its own. */
function speak(variable: (typeof variables)[number], locale: string): void {
  for (const each of variables) vi.stubEnv(each, each === variable ? locale : undefined)
}
afterEach(() => vi.unstubAllEnvs())

// a line without words asks for the help
const refused = wrongCalls.filter(([line]) => line.length > 0)

it.each(refused.map(([line, said]) => [line.join(' '), line, said] as const))(
  'moonstep %s is refused in English, whatever the locale',
  async (_, line, said) => {
    for (const [variable, locale] of locales) {
      speak(variable, locale)
      const { status, stdout, stderr } = await moonstep(...line)
      expect(status).toBe(2)
      if (line.includes('--json')) expect(JSON.parse(stdout).error.message.startsWith(said)).toBe(true)
      else expect(stdout).toBe('')
      expect(stderr.startsWith(`moonstep: ${said}`)).toBe(true)
      expect(stderr).toMatch(/^[^\n]+\n$/)
    }
  },
)

it('the help is English in every locale', async () => {
  speak('LC_ALL', 'C')
  const plain = await moonstep`sample --help`
  expect(plain).toMatchObject({ status: 0, stdout: expect.stringContaining('Options:') })
  for (const [variable, locale] of locales) {
    speak(variable, locale)
    expect(await moonstep`sample --help`).toEqual(plain)
  }
})

it('an error of the library names the flag, and repeats what was typed', async () => {
  for (const [line, said] of [
    ['-n 0', '-n 0: give a whole number from 1 to 9007199254740991'],
    ['--count=-5', '--count -5: give a whole number from 1 to 9007199254740991'],
    ['--num-steps 99', '--num-steps 99: give a whole number from 1 to 10'],
    ['--threads 1.5', '--threads 1.5: give a whole number from 1 to 1024'],
  ] as const)
    expect(await moonstep`sample models/two-moons-seed/model.onnx ${line.split(' ')}`).toEqual({
      status: 2,
      stdout: '',
      stderr: `moonstep: ${said}\n`,
    })
})
