/** A column's grain as an axis, on which the values that it allows are the whole numbers, and how it rounds to these. */
import { power } from '../../numerics/elementary.ts'
import { type GrainedColumn, hasRules, spansOf } from './grain.ts'
import { clamped, type GraphOps, lookUp, segmentOf, upperBound } from './kind.ts'

/** A map from values to positions that rises and is linear in pieces. */
export interface Axis {
  /** 10 to the power of the column's decimals: pieces are in whole units of the last. */
  readonly scale: number
  /** By piece: the value where it begins, ... */
  readonly at: readonly number[]
  /** ... its position, ... */
  readonly position: readonly number[]
  /** ... and by how much the value rises to the next position. */
  readonly width: readonly number[]
}

/** The axis of a column, whose smallest value has a position of about 0. */
export function axisOf({ form, grain, decimals, x }: GrainedColumn): Axis {
  const scale = power(10, decimals ?? 0)
  const step = Math.round(grain.step * scale)
  if (!hasRules(grain)) return { scale, at: [Math.round(x[0]! * scale) + 0], position: [0], width: [step] }
  const [at, position, width]: [number[], number[], number[]] = [[], [], []]
  const add = (value: number, place: number, rise: number) => {
    at.push(value)
    position.push(place)
    width.push(rise)
  }
  let place = 0
  const spans = spansOf(grain, form, x)
  for (const [k, { first, last }] of spans.entries()) {
    const next = spans[k + 1]
    if (last > first || !next) add(first, place, step)
    place += (last - first) / step
    if (next) add(last, place, next.first - last)
    place += 1
  }
  return { scale, at, position, width }
}

/** The position of a value: a whole number if the grain allows it. */
export function positionOn(axis: Axis, x: number): number {
  return positionOfWhole(axis, x * axis.scale)
}

/** The position of a value in whole units of the last decimal. */
function positionOfWhole({ at, position, width }: Axis, value: number): number {
  const k = Math.max(0, upperBound(at, value) - 1)
  return position[k]! + (value - at[k]!) / width[k]!
}

/** The value at a whole position. */
export function valueOn({ scale, at, position, width }: Axis, place: number): number {
  const k = Math.max(0, upperBound(position, place) - 1)
  return (at[k]! + (place - position[k]!) * width[k]!) / scale
}

/** To which allowed value one is rounded: the nearest, of two the upper; or the first that is not below it, or not above it. */
export type Direction = 'nearest' | 'up' | 'down'

const whole = { nearest: Math.round, up: Math.ceil, down: Math.floor }

/** Returns a function that rounds a value to one that the column's grain allows, maybe beyond its range. */
export function grainRounder(column: GrainedColumn, direction: Direction = 'nearest') {
  const axis = axisOf(column)
  // what a computed number has beyond the last decimal is not above or below it
  const tidied = (x: number) => (direction === 'nearest' ? x : Math.round(x))
  return (x: number): number => valueOn(axis, whole[direction](positionOfWhole(axis, tidied(x * axis.scale))))
}

/** A number beyond every value and position in float32. */
const beyondFloat32 = 3e38

/** The allowed value nearest to a position [batch, 1], inside the column's range, as operators. */
export function cellAtPlace<V>(ops: GraphOps<V>, column: GrainedColumn, place: V, name: string): V {
  const value = valueInGraph(ops, axisOf(column), nearestInGraph(ops, place, name), name)
  return clamped(ops, value, [column.x[0]!, column.x.at(-1)!], `${name}.range`)
}

/** `valueOn` as operators. */
function valueInGraph<V>(ops: GraphOps<V>, axis: Axis, place: V, name: string): V {
  const part = partsOf(ops, axis, axis.position, place, name)
  const rise = ops.op('Mul', [ops.op('Sub', [place, part('position')]), part('width')])
  const value = ops.op('Add', [part('at'), rise])
  return axis.scale === 1
    ? value
    : ops.op('Div', [value, ops.constant(`${name}.unscale`, [1, 1], [axis.scale])])
}

/** A function to what the piece has in which a value or a position [batch, 1] is, given where pieces begin. */
function partsOf<V>(ops: GraphOps<V>, axis: Axis, begins: readonly number[], of: V, name: string) {
  if (begins.length === 1)
    return (part: 'at' | 'position' | 'width') => ops.constant(`${name}.${part}`, [1, 1], axis[part])
  const beyond = ops.exact ? Number.POSITIVE_INFINITY : beyondFloat32
  const piece = segmentOf(ops, of, begins.slice(1), `${name}.piece`, beyond)
  return (part: 'at' | 'position' | 'width') => lookUp(ops, axis[part], piece, `${name}.${part}`)
}

/** Below this share of its largest value, a step is too fine for float32. */
const finestShare = 2 ** -22

/**
 * `grainRounder` as operators: the same bits in float64. In float32 it is about the allowed value, and one that is nearly half
 * way may go to the other; undefined if the steps are too fine for that.
 */
export function roundedToGrain<V>(
  ops: GraphOps<V>,
  column: GrainedColumn,
  value: V,
  name: string,
  direction: 'nearest' | 'up' = 'nearest',
): V | undefined {
  const axis = axisOf(column)
  const { scale } = axis
  const finest = finestShare * scale * Math.max(Math.abs(column.x[0]!), Math.abs(column.x.at(-1)!))
  const step = axis.width.at(-1)!
  if (!ops.exact && step < finest) return undefined
  const number = (at: string, of: number) => ops.constant(`${name}.${at}`, [1, 1], [of])
  const scaled = scale === 1 ? value : ops.op('Mul', [value, number('scale', scale)])
  const tidied = ops.exact && direction !== 'nearest' ? ops.exact.whole(scaled, `${name}.tidied`) : scaled
  const part = partsOf(ops, axis, axis.at, tidied, `${name}.value`)
  const beyond = ops.op('Div', [ops.op('Sub', [tidied, part('at')]), part('width')])
  const place = ops.op('Add', [part('position'), beyond])
  const whole =
    direction === 'up' ? upInGraph(ops, place, finest / step, name) : nearestInGraph(ops, place, name)
  return valueInGraph(ops, axis, whole, `${name}.place`)
}

/** The first whole number that is not below a position, which in float32 may be off by half of `slack`. */
function upInGraph<V>(ops: GraphOps<V>, place: V, slack: number, name: string): V {
  const number = (at: string, of: number) => ops.constant(`${name}.${at}`, [1, 1], [of])
  if (!ops.exact) return ops.op('Floor', [ops.op('Add', [place, number('lift', 1 - slack / 2)])])
  const zero = number('zero', 0)
  const negative = (of: V) => ops.op('Sub', [zero, of])
  return negative(ops.op('Floor', [negative(place)]))
}

/** The whole number nearest to a position. */
function nearestInGraph<V>(ops: GraphOps<V>, place: V, name: string): V {
  if (ops.exact) return ops.exact.whole(place, `${name}.whole`)
  return ops.op('Floor', [ops.op('Add', [place, ops.constant(`${name}.half`, [1, 1], [0.5])])])
}
