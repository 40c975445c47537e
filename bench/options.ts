import { parseArgs } from 'node:util'
import { InputError, messageOf } from '../src/core/errors.ts'
import { groups, growth, onlyNamed } from './groups.ts'

export interface Options {
  /** Whether to measure Python's libraries beside ours. */
  readonly peers: boolean
  readonly rounds: number
  /** Whether to measure a group. */
  readonly wanted: (group: string) => boolean
  /** Whether some groups are skipped. */
  readonly isPart: boolean
  /** Whether to write docs/performance.md and its companions. */
  readonly write: boolean
  /** Whether to print JSON to stdout in place of the table. */
  readonly json: boolean
}

/** Throws InputError on an unknown option, an invalid number of rounds, or a pattern without a group. */
export function readOptions(args: readonly string[]): Options {
  const { peers, rounds, only, write, json } = parsed(args)
  const names = [...groups.map(([name]) => name), growth]
  const wanted = (group: string) => (only === undefined ? !onlyNamed.includes(group) : group.includes(only))
  if (!names.some(wanted))
    throw new InputError(`--only is ${only}: give a part of one of ${names.join(', ')}`, 'out-of-range')
  if (!/^[1-9]\d{0,2}$/.test(rounds))
    throw new InputError(`--rounds is ${rounds}: give a whole number from 1 to 999`, 'out-of-range')
  return { peers, rounds: Number(rounds), wanted, isPart: only !== undefined, write, json }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        peers: { type: 'boolean', default: false },
        rounds: { type: 'string', default: '7' },
        only: { type: 'string' },
        write: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    throw new InputError(messageOf(error).split('\n')[0]!, 'out-of-range')
  }
}
