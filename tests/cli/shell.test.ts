import { expect, it } from 'vitest'
import { shellLine } from '../../src/cli/output.ts'
import { shellWords } from './shell-words.ts'

it('a shell takes the words of a line apart as they were', () => {
  const words = [
    'plain-1.0_x/y.csv',
    'a b',
    "it's",
    '',
    '$HOME `id` !! \\',
    '{"kind":"betas","betas":[0.1]}',
    '*?[a]~#;&|<>()',
    'dpmsolver++',
    '"',
    "''",
    'ü 月',
    '~',
  ]
  expect(shellWords(shellLine(words))).toEqual(words)
})

it('bash and zsh give back what a terminal would obey, which a line has by its bytes', () => {
  const words = [
    'a\u001b[31mb',
    '\u001b]0;x\u0007',
    'line\nline\r',
    "it's\\n\u007f0",
    '\u009b1',
    'x\u202ey',
    '\u2028',
    '\u200b',
  ]
  const line = shellLine(words)
  expect(line).not.toMatch(/[\p{C}\u2028\u2029]/u)
  expect(shellWords(line, 'bash')).toEqual(words)
})

it('leaves alone what needs no quotes', () => {
  expect(shellLine(['moonstep', 'export', 'runs/moons', '--timesteps=10,7'])).toBe(
    'moonstep export runs/moons --timesteps=10,7',
  )
})
