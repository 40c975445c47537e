import { expect, it } from 'vitest'
import { Missing } from '../../bench/pool/protocol.ts'
import { contest, race, timingOf } from '../../bench/race.ts'
import { compare, figure, max, min, misses } from '../../bench/row.ts'

const contestant =
  (name: string, asked: string[], ...seconds: (number | Error)[]) =>
  async () => {
    asked.push(name)
    const next = seconds.shift()!
    if (next instanceof Error) throw next
    return { seconds: next, cores: 1 }
  }
const timing = (...seconds: number[]) => timingOf(seconds.map((each) => ({ seconds: each })))

it('measures in turn, and asks no more for what is missing', async () => {
  const asked: string[] = []
  const { a, b, c } = await race(
    {
      a: contestant('a', asked, 3, 1, 2),
      b: contestant('b', asked, 5, new Missing('gone')),
      c: contestant('c', asked, 1, 1, 4),
    },
    3,
  )
  expect(asked.join('')).toBe('abcabcac')
  expect(a).toEqual({ median: 2, low: 1, high: 3, rounds: 3, cores: 1 })
  expect(b).toEqual({ missing: 'gone' })
  expect(c).toMatchObject({ median: 1, high: 4 })
  await expect(race({ d: contestant('d', [], new Error('broken')) }, 1)).rejects.toThrow('broken')
})

it('judges by the medians, and takes no number for a failure', () => {
  const [ours, theirs] = [timing(1, 9, 1), timing(2, 2, 1)]
  const row = compare('it', 'speedup', ours, theirs, min(2))
  expect(row.value).toBe(2)
  expect(misses(row)).toBe(false)
  expect(misses(compare('it', 'speedup', ours, theirs, min(2.01)))).toBe(true)
  expect(compare('it', 'beyondNoise', ours, theirs).value).toBe(0.475)
  expect(compare('it', 'excess', ours, theirs).value).toBe(-1000)
  expect(misses(figure('it', Number.NaN, 's', max(1)))).toBe(true)
  const without = compare('it', 'speedup', ours, { missing: 'no PyTorch' }, min(2))
  expect([without.missing, misses(without)]).toEqual(['no PyTorch', false])
})

it('takes the fastest of several, and names it', async () => {
  const [row] = await contest({
    contestants: {
      ours: contestant('ours', [], 1),
      eager: contestant('eager', [], 3),
      chunked: contestant('chunked', [], 2),
      compiled: contestant('compiled', [], new Missing('no compiler')),
    },
    lines: [['it', 'speedup', 'ours', ['eager', 'chunked', 'compiled'], 'PyTorch']],
    rounds: 1,
    threads: 2,
  })
  expect(row).toMatchObject({ value: 2, against: 'PyTorch (chunked)', threads: 2 })
})
