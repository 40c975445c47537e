import { parseArgs } from 'node:util'
import { InputError, messageOf } from '../../src/core/errors.ts'
import { groups } from './groups.ts'

export interface Options {
  /** Whether to fit CTGAN, TVAE, the copula and ForestDiffusion beside ours. */
  readonly peers: boolean
  /** The maximum number of seeds per row, from the first. */
  readonly mostSeeds: number
  /** Whether to measure a row. */
  readonly wanted: (row: string) => boolean
  /** Whether some rows are skipped. */
  readonly isPart: boolean
  /** Whether to write docs/tables.md and docs/tables.json. */
  readonly write: boolean
}

/** Throws InputError on an unknown option, an unknown row, or an invalid number of seeds. */
export function readOptions(args: readonly string[]): Options {
  const { peers, seeds, only, write } = parsed(args)
  const names = groups.map(({ name }) => name)
  const chosen = only?.split(',')
  const unknown = chosen?.find((name) => !names.includes(name))
  if (unknown !== undefined)
    throw new InputError(`--only has ${unknown}: give some of ${names.join(',')}`, 'out-of-range')
  if (seeds !== undefined && !/^[1-9]\d?$/.test(seeds))
    throw new InputError(`--seeds is ${seeds}: give a whole number from 1 to 99`, 'out-of-range')
  if (write && seeds !== undefined)
    throw new InputError('--write takes all seeds: leave --seeds out', 'out-of-range')
  return {
    peers,
    mostSeeds: seeds === undefined ? Number.POSITIVE_INFINITY : Number(seeds),
    wanted: (name) => chosen?.includes(name) ?? true,
    isPart: only !== undefined,
    write,
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        peers: { type: 'boolean', default: false },
        seeds: { type: 'string' },
        only: { type: 'string' },
        write: { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    throw new InputError(messageOf(error).split('\n')[0]!, 'out-of-range')
  }
}
