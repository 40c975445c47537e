import { describe, expect, it } from 'vitest'
import { limits, Refusal } from '../../src/serve/refusal.ts'
import { AnswerRoom, ArrivalRoom } from '../../src/serve/room.ts'

const kindOf = (ask: () => unknown) => {
  try {
    ask()
    return undefined
  } catch (error) {
    return error instanceof Refusal ? error.kind : error
  }
}

describe('room for answers', () => {
  it('is refused to an answer that is too large by itself, with the rows that are allowed', () => {
    const room = new AnswerRoom()
    expect(() => room.take(100_000, 4000)).toThrow(
      'an answer of 100,000 rows may take 400.0 MB, and 134.2 MB are allowed: ask for at most 33,554 rows, or for fewer outputs',
    )
    expect(kindOf(() => room.take(1, limits.answerBytes + 1))).toBe('too-large')
    expect(room.bytes).toBe(0)
  })

  it('is refused to large answers while others have it, and small ones pass', () => {
    const room = new AnswerRoom()
    const first = room.take(1, limits.answerBytes)
    expect(kindOf(() => room.take(1, limits.answerBytes))).toBe('busy')
    room.take(1, limits.smallAnswerBytes).release()
    first.set(1000)
    const second = room.take(1, limits.answerBytes)
    expect(room.bytes).toBe(limits.answerBytes + 1000)
    first.release()
    first.release()
    first.set(5000)
    second.release()
    expect(room.bytes).toBe(0)
  })
})

describe('room for requests that arrive', () => {
  /** Begins requests of so many bytes, and gives the places of those that were refused. */
  const refused = (sizes: readonly number[]) => {
    const room = new ArrivalRoom()
    const places: number[] = []
    for (const [i, size] of sizes.entries()) room.begin(() => places.push(i)).grow(size)
    expect(room.bytes).toBeLessThanOrEqual(limits.arrivingBytes)
    return places
  }
  const most = limits.arrivingBytes

  it('is taken from the largest, and of equals from the latest', () => {
    expect(refused(Array(30).fill(most / 4))).toEqual(Array.from({ length: 26 }, (_, i) => i + 4))
    expect(refused([most / 2, most / 4, most / 4, 1])).toEqual([0])
    expect(refused([1, most + 1, 1])).toEqual([1])
  })

  it('is given back at the end, once, and grows with what comes', () => {
    const room = new ArrivalRoom()
    const arrivals = [1, 2].map(() => room.begin(() => {}))
    for (const arrival of arrivals) for (const bytes of [10, 30, 20]) arrival.grow(bytes)
    expect(room.bytes).toBe(60)
    for (const arrival of arrivals) {
      arrival.end()
      arrival.end()
      arrival.grow(1000)
    }
    expect(room.bytes).toBe(0)
  })
})
