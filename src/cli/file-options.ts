import type { InferredOptionTypes } from 'yargs'
import { InputError } from '../core/errors.ts'
import { option } from './command.ts'

/** How large the tables may be that a command reads. */
export const sizeOption = {
  'max-size': option.text(
    "the most that a compressed file may unpack to, and that a table's cells may take, such as 16GB [default: 8GiB; a compressed file 100 times its size]",
  ),
} as const

/** How to read a table's file. */
export const fileOptions = {
  ...sizeOption,
  sheet: option.text('the sheet of an .xlsx file [default: the first]'),
} as const

const units = { KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 }

/** '16GB' in bytes. Throws InputError on anything else. */
export function maxSizeOf({ 'max-size': text }: InferredOptionTypes<typeof sizeOption>): number | undefined {
  if (text === undefined) return undefined
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?) ?([a-z]+)$/i.exec(text.trim()) ?? []
  const factor = Object.entries(units).find(([name]) => name.toLowerCase() === unit.toLowerCase())?.[1]
  const size = Math.floor(Number(number) * (factor ?? Number.NaN))
  if (Number.isSafeInteger(size) && size > 0) return size
  throw new InputError(`--max-size ${text}: give a size such as 500MB or 16GB`, 'out-of-range', {
    option: 'maxSize',
    value: text,
  })
}
