import { describe, expect, it } from 'vitest'
import { scanJson } from '../../src/serve/scan-json.ts'

const isWatched = (key: string) => key === 'given' || key.startsWith('given.')
const scan = (text: string) => scanJson(Buffer.from(text), isWatched, 1000, 1e6)

/** A text's bytes, which count how often one is looked at. */
function counted(text: string) {
  const looks = { count: 0 }
  const bytes = new Proxy(Buffer.from(text), {
    get(target, name) {
      if (typeof name === 'string' && /^\d+$/.test(name)) looks.count++
      const value = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  return { bytes, looks }
}

describe('a pass over JSON', () => {
  it.each([
    ['{"given.x": 1, "given.x" : 2}', 'given.x'],
    ['{"given.\\u0078": 1, "given.x":2}', 'given.x'],
    ['{"a": {"given": 1}, "b": [{"given"\n\t:2}]}', 'given'],
    ['{"id": "\\"given.x\\":", "given.x": 2}', undefined],
    ['{"given.x": "given.x", "y": ["given.x"]}', undefined],
    ['{"x": 1, "x": 2}', undefined],
    ['{"given.x": 1, "given.x', undefined],
    ['"\\', undefined],
  ])('finds the key that stands twice in %s', (text, repeated) => {
    expect(scan(text).repeated).toBe(repeated)
  })

  it.each([
    ['1', 1],
    ['[1,2,3]', 4],
    ['{"a":{"b":[]},"c":",[{"}', 5],
    [`[${'{},'.repeat(100)}1]`, 202],
  ])('counts at least the values of %s', (text, elements) => {
    expect(scan(text).elements).toBe(elements)
  })

  it('ends beyond the most elements', () => {
    const { bytes, looks } = counted('[1,'.repeat(10_000))
    expect(scanJson(bytes, isWatched, 1000, 100).elements).toBe(101)
    expect(looks.count).toBeLessThan(300)
  })

  it.each([
    ['quotes', '"'.repeat(9001)],
    ['backslashes in an open text', `{"given.x":"${'\\'.repeat(9000)}`],
    ['spaces after each key', '"given.x"          '.repeat(900)],
    ['a long key', `{"given.${'x'.repeat(9000)}":1}`],
  ])('looks at each byte a few times: %s', (_, text) => {
    const visits = [1, 10].map((times) => {
      const { bytes, looks } = counted(text.repeat(times))
      scanJson(bytes, isWatched, 1e6, 1e6)
      return looks.count / bytes.length
    })
    for (const each of visits) expect(each).toBeLessThanOrEqual(4)
  })
})
