import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.ts'
import { writeWhole } from '../../src/core/files.ts'

const folder = mkdtempSync(join(tmpdir(), 'moonstep-files-'))
afterAll(() => rmSync(folder, { recursive: true }))
const path = join(folder, 'a.txt')

async function* parts(...values: (string | Uint8Array | Error)[]) {
  for (const value of values) {
    if (value instanceof Error) throw value
    yield value
  }
}

describe('a file written part by part', () => {
  it('holds them all, in order', async () => {
    await writeWhole(path, parts('a', Uint8Array.of(98, 99), '', 'd\n'))
    expect(readFileSync(path, 'utf8')).toBe('abcd\n')
  })

  it('is left as it was where they fail, with their own error', async () => {
    writeFileSync(path, 'old')
    const error = new InputError('the samples overflow')
    await expect(writeWhole(path, parts('new', error))).rejects.toBe(error)
    expect(readFileSync(path, 'utf8')).toBe('old')
    expect(readdirSync(folder)).toEqual(['a.txt'])
  })

  it('fails in one line where it cannot be written', async () => {
    await expect(writeWhole(folder, parts('new'))).rejects.toThrow(/^cannot write /)
    expect(readdirSync(folder)).toEqual(['a.txt'])
  })
})
