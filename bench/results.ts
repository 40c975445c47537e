import { InputError } from '../src/core/errors.ts'
import type { Curve } from './growth/curves.ts'
import type { Row } from './rows/row.ts'

/** A run of `npm run bench`: how it was called, and on what. */
interface Run {
  readonly command: string
  readonly machine: Readonly<Record<string, string>>
}

/** All that a run measured: docs/performance.json. */
export interface Results extends Run {
  readonly groups: readonly {
    readonly name: string
    readonly rows: readonly Row[]
    /** The later run that measured this group again, alone. */
    readonly again?: Run
  }[]
  readonly growth: readonly Curve[]
}

/** What makes another machine of one: all else is a program's version. */
const hardware = ['processor', 'memory', 'system']

/** Earlier results with the groups in place that a run measured again. Throws InputError where it was on another machine. */
export function withGroups(before: Results, now: Results, names: readonly string[]): Results {
  const { command, machine, growth } = now
  const other = hardware.find((part) => machine[part] !== before.machine[part])
  if (other)
    throw new InputError(
      `docs/performance.json is of ${other} ${before.machine[other]}, not ${machine[other]}: measure all rows, without --only`,
      'conflict',
    )
  const measured = Object.entries(machine).filter(([, value]) => value !== 'not measured')
  const again = now.groups.map((group) => ({
    ...group,
    again: { command, machine: Object.fromEntries(measured) },
  }))
  const groups = names.flatMap((name) => {
    const group = [...again, ...before.groups].find((each) => each.name === name)
    return group ? [group] : []
  })
  // nothing is left of a run all of whose groups were measured again
  const isLeft = groups.some((group) => !('again' in group))
  return {
    ...before,
    machine: isLeft ? before.machine : { ...before.machine, ...Object.fromEntries(measured) },
    groups,
    growth: growth.length > 0 ? growth : before.growth,
  }
}
