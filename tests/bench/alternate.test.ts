import { expect, it } from 'vitest'
import { alternate, timingOf } from '../../bench/alternate.ts'
import { bestSettings, budget, comparison, verdict } from '../../bench/rows/row.ts'
import { Missing } from '../../bench/worker.ts'

it('measures in turn, and asks no more for what is missing', async () => {
  const asked: string[] = []
  const contestant = (name: string, ...seconds: (number | Error)[]) => ({
    name,
    async measure() {
      asked.push(name)
      const next = seconds.shift()!
      if (next instanceof Error) throw next
      return { seconds: next, cores: 1 }
    },
  })
  const timings = await alternate(
    [contestant('a', 3, 1, 2), contestant('b', 5, new Missing('gone')), contestant('c', 1, 1, 4)],
    3,
  )
  expect(asked.join('')).toBe('abcabcac')
  expect(timings.a).toEqual({ median: 2, low: 1, high: 3, rounds: 3, cores: 1 })
  expect(timings.b).toEqual({ missing: 'gone' })
  expect(timings.c).toMatchObject({ median: 1, high: 4 })
  await expect(alternate([contestant('d', new Error('broken'))], 1)).rejects.toThrow('broken')
})

it('judges by the medians, and takes no number for a failure', () => {
  const shared = { what: 'it', against: 'that', threads: 1, reach: 2 } as const
  const [ours, theirs] = [timingOf([1, 9, 1]), timingOf([2, 2, 1])]
  const row = comparison({ ...shared, ours, theirs, by: 'speedup' })
  expect(row.value).toBe(2)
  expect(verdict(row)).toBe(true)
  expect(verdict(comparison({ ...shared, ours, theirs, by: 'speedup', reach: 2.01 }))).toBe(false)
  expect(comparison({ ...shared, ours, theirs, by: 'slowdown beyond noise' }).value).toBe(0.475)
  expect(comparison({ ...shared, ours, theirs, by: 'excess' }).value).toBe(-1000)
  expect(verdict(budget('it', Number.NaN, 's', 1))).toBe(false)
  const without = comparison({ ...shared, ours, theirs: { missing: 'no PyTorch' }, by: 'speedup' })
  expect([without.missing, verdict(without)]).toEqual(['no PyTorch', null])
})

it('takes the quickest of the settings, and says which are missing', () => {
  const timings = { eager: timingOf([3]), chunked: timingOf([2]), compiled: { missing: 'no compiler' } }
  const { against, theirs } = bestSettings(timings, ['eager', 'chunked', 'compiled'])
  expect(theirs).toBe(timings.chunked)
  expect(against).toBe("PyTorch's best settings (chunked; compiled is missing: no compiler)")
})
