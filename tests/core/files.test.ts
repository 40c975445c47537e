import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.ts'
import { requireWritable, writeWhole } from '../../src/core/files.ts'
import { folderOf } from '../helpers/folders.ts'

const { folder, at } = folderOf('files')
const path = at('a.txt')

async function* parts(...values: (string | Uint8Array | Error)[]) {
  for (const value of values) {
    if (value instanceof Error) throw value
    yield value
  }
}

describe('a file that is written in parts', () => {
  it('contains all parts in order', async () => {
    await writeWhole(path, parts('a', Uint8Array.of(98, 99), '', 'd\n'))
    expect(readFileSync(path, 'utf8')).toBe('abcd\n')
  })

  it('keeps its old content if a part fails, and the error is passed on', async () => {
    writeFileSync(path, 'old')
    const error = new InputError('the samples overflow', 'bad-data')
    await expect(writeWhole(path, parts('new', error))).rejects.toBe(error)
    expect(readFileSync(path, 'utf8')).toBe('old')
    expect(readdirSync(folder)).toEqual(['a.txt'])
  })

  it('fails in one line if it cannot be written', async () => {
    await expect(writeWhole(folder, parts('new'))).rejects.toThrow(/^cannot write /)
    expect(readdirSync(folder)).toEqual(['a.txt'])
  })
})

describe('a file that is written again', () => {
  const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8)

  it.each([0o600, 0o640, 0o644, 0o400, 0o755])('keeps its permissions: %o', async (mode) => {
    const file = at(`mode-${mode}.txt`)
    writeFileSync(file, 'old')
    chmodSync(file, mode)
    await writeWhole(file, 'new')
    expect([readFileSync(file, 'utf8'), modeOf(file)]).toEqual(['new', mode.toString(8)])
    rmSync(file)
  })

  it('takes the permissions of what a symbolic link led to, and the place of the link', async () => {
    const [link, secret] = [at('link.txt'), at('secret.txt')]
    writeFileSync(secret, 'old')
    chmodSync(secret, 0o600)
    symlinkSync(secret, link)
    await writeWhole(link, 'new')
    expect([readFileSync(secret, 'utf8'), readFileSync(link, 'utf8'), modeOf(link)]).toEqual([
      'old',
      'new',
      '600',
    ])
    for (const file of [link, secret]) rmSync(file)
  })

  it('is as any other file if there was none', async () => {
    const [file, other] = [at('new.txt'), at('other.txt')]
    await writeWhole(file, 'new')
    writeFileSync(other, '')
    expect(modeOf(file)).toBe(modeOf(other))
    for (const each of [file, other]) rmSync(each)
  })
})

describe('requireWritable', () => {
  it('changes nothing, whether a file can be written there or not', async () => {
    writeFileSync(path, 'old')
    await requireWritable(path)
    await requireWritable(join(folder, 'new', 'deep', 'a.txt'))
    for (const [bad, reason] of [
      [folder, /it is a folder: give a file name/],
      [join(path, 'a.txt'), /a part of the path is a file/],
      [join(path, 'b', 'a.txt'), /a part of the path is a file/],
      ['/proc/no/a.txt', /cannot write \/proc\/no\/a\.txt: its folder cannot be made/],
    ] as const)
      await expect(requireWritable(bad)).rejects.toThrow(reason)
    expect(readFileSync(path, 'utf8')).toBe('old')
    expect(readdirSync(folder)).toEqual(['a.txt'])
    expect(existsSync('/proc/no')).toBe(false)
  })
})

it('requireWritable may be called many times at once for a folder that does not exist yet', async () => {
  const place = at('race')
  for (let round = 0; round < 20; round++) {
    const path = (i: number) => join(place, `${round}`, 'deeper', `${i}.csv`)
    // each has a file of its own, and all the folder
    await Promise.all(
      Array.from({ length: 12 }, async (_, i) => {
        await requireWritable(path(i))
        await writeWhole(path(i), 'x')
      }),
    )
    for (let i = 0; i < 12; i++) expect(readFileSync(path(i), 'utf8')).toBe('x')
  }
})
