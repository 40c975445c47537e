/** A column's grain as an axis, on which the values that it allows are the whole numbers, and how it rounds to these. */
import { power } from '../../numerics/elementary.ts'
import { computeRow } from '../operators/columns.ts'
import type { Computation, Operators } from '../operators/operators.ts'
import { type GrainedColumn, hasRules, spansOf } from './grain.ts'

/** A map from values to positions that rises and is linear in pieces. */
interface Axis {
  /** 10 to the power of the column's decimals: pieces are in whole units of the last. */
  readonly scale: number
  /** By piece: the value where it begins, ... */
  readonly at: readonly number[]
  /** ... its position, ... */
  readonly position: readonly number[]
  /** ... and by how much the value rises to the next position. */
  readonly width: readonly number[]
  /** Where pieces after the first begin. */
  readonly later: Readonly<Record<'at' | 'position', readonly number[]>>
}

/** The axis of a column, whose smallest value has a position of about 0. */
export function axisOf({ form, grain, decimals, x }: GrainedColumn): Axis {
  const scale = power(10, decimals ?? 0)
  const step = Math.round(grain.step * scale)
  const [at, position, width]: [number[], number[], number[]] = [[], [], []]
  const add = (value: number, place: number, rise: number) => {
    at.push(value)
    position.push(place)
    width.push(rise)
  }
  let place = 0
  const spans = hasRules(grain) ? spansOf(grain, form, x) : []
  if (!hasRules(grain)) add(Math.round(x[0]! * scale) + 0, 0, step)
  for (const [k, { first, last }] of spans.entries()) {
    const next = spans[k + 1]
    if (last > first || !next) add(first, place, step)
    place += (last - first) / step
    if (next) add(last, place, next.first - last)
    place += 1
  }
  return { scale, at, position, width, later: { at: at.slice(1), position: position.slice(1) } }
}

/** The position of a value: a whole number if the grain allows it. */
export function positionOn(axis: Axis, x: number): number {
  return computeRow((ops, [value]) => positionOfWhole(ops, axis, value!), [x * axis.scale])
}

/** The value at a whole position. */
function valueOn<V>(ops: Operators<V>, axis: Axis, place: V): V {
  const part = pieceOf(ops, axis, axis.later.position, place)
  const rise = ops.multiply(ops.subtract(place, part('position')), part('width'))
  const value = ops.add(part('at'), rise)
  return axis.scale === 1 ? value : ops.divide(value, ops.number(axis.scale))
}

/** `positionOn` of values in whole units of the last decimal. */
function positionOfWhole<V>(ops: Operators<V>, axis: Axis, value: V): V {
  const part = pieceOf(ops, axis, axis.later.at, value)
  return ops.add(part('position'), ops.divide(ops.subtract(value, part('at')), part('width')))
}

/** A function to what the piece has in which a value or a position is, given where those after the first begin. */
function pieceOf<V>(ops: Operators<V>, axis: Axis, later: readonly number[], of: V) {
  if (later.length === 0) return (part: 'at' | 'position' | 'width') => ops.number(axis[part][0]!)
  const piece = ops.countReached(later, of)
  return (part: 'at' | 'position' | 'width') => ops.lookUp(axis[part], piece)
}

/** The allowed values nearest to positions. */
export function valueAtPlace(column: GrainedColumn): Computation {
  const axis = axisOf(column)
  return (ops, [place]) => valueOn(ops, axis, ops.round(place!))
}

/** To which allowed value one is rounded: the nearest, of two the upper; or the first that is not below it, or not above it. */
export type Direction = 'nearest' | 'up' | 'down'

/** Numbers rounded to values that the column's grain allows, maybe beyond its range. */
export function roundedToGrain(column: GrainedColumn, direction: Direction = 'nearest'): Computation {
  const axis = axisOf(column)
  return (ops, [value]) => {
    const scaled = axis.scale === 1 ? value! : ops.multiply(value!, ops.number(axis.scale))
    // what a computed number has beyond the last decimal is not above or below it
    const tidied = direction === 'nearest' ? scaled : ops.round(scaled)
    const place = positionOfWhole(ops, axis, tidied)
    return valueOn(ops, axis, whole(ops, place, direction))
  }
}

function whole<V>(ops: Operators<V>, place: V, direction: Direction): V {
  if (direction === 'nearest') return ops.round(place)
  if (direction === 'down') return ops.floor(place)
  const zero = ops.number(0)
  return ops.subtract(zero, ops.floor(ops.subtract(zero, place)))
}
