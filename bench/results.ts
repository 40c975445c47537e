import { InputError } from '../src/core/errors.ts'
import type { Curve } from './growth/curves.ts'
import type { Row } from './rows/row.ts'

/** A run of `npm run bench`: how it was called, and on what. */
export interface Run {
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

/** Earlier results with the groups in place that a run measured again. Throws as `inPlace`. */
export function withGroups(before: Results, now: Results, names: readonly string[]): Results {
  const { machine, growth } = now
  const groups = inPlace(before, now, {
    file: 'docs/performance.json',
    before: before.groups,
    now: now.groups,
    names,
  })
  // nothing is left of a run all of whose groups were measured again
  const isLeft = groups.some((group) => !('again' in group))
  return {
    ...before,
    machine: isLeft ? before.machine : { ...before.machine, ...Object.fromEntries(measuredOf(machine)) },
    groups,
    growth: growth.length > 0 ? growth : before.growth,
  }
}

/** What was measured before, with what a run measured again in its place. */
interface Groups<G> {
  /** Where the earlier run is kept. */
  readonly file: string
  readonly before: readonly G[]
  readonly now: readonly G[]
  /** All that there are, in their order. */
  readonly names: readonly string[]
}

/** The groups of an earlier run, and those of a later one in place. Throws InputError where it was on another machine. */
export function inPlace<G extends { readonly name: string; readonly again?: Run }>(
  earlier: Run,
  { command, machine }: Run,
  { file, before, now, names }: Groups<G>,
): G[] {
  const other = hardware.find((part) => machine[part] !== earlier.machine[part])
  if (other)
    throw new InputError(
      `${file} is of ${other} ${earlier.machine[other]}, not ${machine[other]}: measure all rows, without --only`,
      'conflict',
    )
  const again = { command, machine: Object.fromEntries(measuredOf(machine)) }
  return names.flatMap((name) => {
    const measured = now.find((each) => each.name === name)
    const group = measured ? { ...measured, again } : before.find((each) => each.name === name)
    return group ? [group] : []
  })
}

function measuredOf(machine: Run['machine']) {
  return Object.entries(machine).filter(([, value]) => value !== 'not measured')
}
