import { InputError } from '../src/core/errors.ts'
import type { Curve } from './growth/curves.ts'
import type { Row } from './rows/row.ts'

/** A run of `npm run bench`: its command and its machine. */
export interface Run {
  readonly command: string
  readonly machine: Readonly<Record<string, string>>
}

/** Everything that a run measured: docs/performance.json. */
export interface Results extends Run {
  readonly groups: readonly {
    readonly name: string
    readonly rows: readonly Row[]
    /** The later run that measured only this group again. */
    readonly again?: Run
  }[]
  readonly growth: readonly Curve[]
}

/** The fields that identify a machine; all others are versions of programs. */
const hardware = ['processor', 'memory', 'system']

/** Replaces the groups of earlier results that a run measured again. Throws as `inPlace` does. */
export function withGroups(before: Results, now: Results, names: readonly string[]): Results {
  const { machine, growth } = now
  const groups = inPlace(before, now, {
    file: 'docs/performance.json',
    before: before.groups,
    now: now.groups,
    names,
  })
  // a run is dropped once all of its groups have been measured again
  const isLeft = groups.some((group) => !('again' in group))
  return {
    ...before,
    machine: isLeft ? before.machine : { ...before.machine, ...Object.fromEntries(measuredOf(machine)) },
    groups,
    growth: growth.length > 0 ? growth : before.growth,
  }
}

/** Earlier measurements, and a later run's to replace some of them. */
interface Groups<G> {
  /** The file of the earlier run. */
  readonly file: string
  readonly before: readonly G[]
  readonly now: readonly G[]
  /** All groups, in order. */
  readonly names: readonly string[]
}

/** An earlier run's groups, with a later run's in their place. Throws InputError if the machines differ. */
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
