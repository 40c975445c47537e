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
    'line\nline',
    '~',
  ]
  expect(shellWords(shellLine(words))).toEqual(words)
})

it('leaves alone what needs no quotes', () => {
  expect(shellLine(['moonstep', 'export', 'runs/moons', '--timesteps=10,7'])).toBe(
    'moonstep export runs/moons --timesteps=10,7',
  )
})
