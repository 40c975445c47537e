import { describe, it } from 'vitest'
import { readTableBytes } from '../../src/table/formats/read-bytes.ts'
import { expectRejected } from '../helpers/refusals.ts'

/** As many pieces as a line may have characters, and one more. */
async function* longLine(begin: string) {
  const piece = new Uint8Array(2 ** 20).fill(0x78)
  yield new TextEncoder().encode(begin)
  for (let i = 0; i <= 64; i++) yield piece
}

const readLong = (ending: '.csv' | '.json' | '.jsonl', begin: string) =>
  readTableBytes(ending, { name: `a${ending}`, size: 0, bytes: longLine(begin) })

describe('a file of tables is refused before it takes the memory', () => {
  it.each<['.csv' | '.json' | '.jsonl', string, RegExp]>([
    [
      '.csv',
      'a,b\n1,2\n3,',
      /^a\.csv, line 3 is longer than 67,108,864 characters: if that is right, raise `maxSize` to 18\.0 GB or more$/,
    ],
    ['.csv', 'a,b\n1,2\n3,"x\n', /^a\.csv: line 3: a quote is not closed: close it or take it out$/],
    ['.jsonl', '{"a": 1}\n{"a": "', /^a\.jsonl, line 2 is longer than 67,108,864 characters/],
    [
      '.json',
      '[{"a": 1},\n{"a": "',
      /^a\.json, line 2: the value from column 1 on is longer than 67,108,864 characters/,
    ],
  ])('if a line of %s that begins with %j has no end', async (ending, begin, message) => {
    await expectRejected(() => readLong(ending, begin), message)
  })
})
