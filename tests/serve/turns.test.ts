import { setImmediate as turn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { limits } from '../../src/serve/refusal.ts'
import { countRead, endWaiting, nextPiece, nextTurn, waitingPieces } from '../../src/serve/turns.ts'

it('does pieces in order, and in a turn of the event loop no more than take a few milliseconds', async () => {
  const done: string[] = []
  const work = async (name: string) => {
    for (let piece = 0; piece < 3; piece++) {
      await nextPiece()
      // what follows at once belongs to the piece
      await Promise.resolve()
      done.push(name)
      const end = performance.now() + limits.turnMilliseconds
      while (performance.now() < end);
    }
  }
  const all = Promise.all(['a', 'b', 'c'].map(work))
  const counts: number[] = []
  while (done.length < 9) {
    const before = done.length
    await turn()
    counts.push(done.length - before)
  }
  await all
  expect(done.join('')).toBe('abcabcabc')
  expect(Math.max(...counts)).toBe(1)
  expect(waitingPieces()).toBe(0)
})

it('does several short pieces in a turn', async () => {
  let done = 0
  const all = Promise.all(Array.from({ length: 100 }, () => nextPiece().then(() => done++)))
  expect(waitingPieces()).toBe(100)
  await turn()
  await turn()
  expect(done).toBeGreaterThan(1)
  await all
})

it('lets one of a crowd begin in a turn, in the order of their coming', async () => {
  const begun: number[] = []
  const all = Promise.all([0, 1, 2, 3].map((k) => nextTurn().then(() => begun.push(k))))
  for (let turns = 1; turns <= 4; turns++) {
    await turn()
    expect(begun).toEqual([0, 1, 2, 3].slice(0, turns))
  }
  await all
})

/** A stream that notes what it is told. */
function noted() {
  const calls: string[] = []
  return { calls, pause: () => calls.push('pause'), resume: () => calls.push('resume') }
}

it('lets bodies wait once all of them have been read enough, and go on in a later turn', async () => {
  const [small, large, later] = [noted(), noted(), noted()]
  countRead(small, 1000)
  countRead(large, limits.turnBytes)
  countRead(later, 1000)
  expect([small.calls, large.calls, later.calls]).toEqual([[], ['pause'], ['pause']])
  await turn()
  await turn()
  expect([small.calls, large.calls, later.calls]).toEqual([[], ['pause', 'resume'], ['pause', 'resume']])
  countRead(later, 1000)
  expect(later.calls).toHaveLength(2)
})

it('lets a part of a byte count for more', async () => {
  await turn()
  const stream = noted()
  for (let part = 0; stream.calls.length === 0 && part < limits.turnBytes; part++) countRead(stream, 1)
  expect(stream.calls).toEqual(['pause'])
  endWaiting(stream)
  endWaiting(stream)
  expect(stream.calls).toEqual(['pause', 'resume'])
})

it('lets as many go on in a turn as may be read in it', async () => {
  await turn()
  await turn()
  const streams = Array.from({ length: 40 }, noted)
  countRead(noted(), limits.turnBytes)
  for (const stream of streams) countRead(stream, 1)
  const goingOn = () => streams.filter(({ calls }) => calls.includes('resume')).length
  const counts: number[] = []
  while (goingOn() < streams.length) {
    const before = goingOn()
    await turn()
    counts.push(goingOn() - before)
  }
  expect(Math.max(...counts)).toBe(limits.turnBytes / 2 ** 16)
})
