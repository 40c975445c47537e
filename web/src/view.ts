import { type Signal, signal } from '@preact/signals-core'
import { type SamplerName, samplerNames } from '../../src/diffusion/samplers/index.ts'
import { maxT } from '../../src/diffusion/schedule.ts'
import { maxSeed } from '../../src/numerics/random.ts'

export const backends = ['wasm', 'webgpu', 'typescript'] as const
export type Backend = (typeof backends)[number]

export const maxCount = 20_000
/** How far the field extends from the centre, in scaled space, where the data lies within 1. */
export const reach = 2.4

/** What a reader sees and can share. Undefined values follow the model. */
export interface View {
  /** Undefined while the reader's own file is shown. */
  readonly model: string | undefined
  readonly sampler: SamplerName | undefined
  readonly steps: number | undefined
  readonly seed: number
  readonly count: number
  readonly backend: Backend
  /** The forward process's timestep. */
  readonly t: number | undefined
  /** The held step of the reverse process. */
  readonly step: number | undefined
  readonly fieldT: number | undefined
  /** The start of the path over the field. */
  readonly start: readonly [number, number]
}

export type ViewSignals = { readonly [K in keyof View]: Signal<View[K]> }

interface Field<V> {
  /** Its name in the URL. */
  readonly key: string
  readonly initial: V
  /** Returns undefined for an invalid text. */
  parse(text: string): V | undefined
  /** What is valid, for a message. */
  readonly right: string
}

const whole = (low: number, high: number) => ({
  right: `a whole number from ${low} to ${high}`,
  parse: (text: string) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
    return value >= low && value <= high ? value : undefined
  },
})

const oneOf = <N extends string>(names: readonly N[]) => ({
  right: `one of ${names.join(', ')}`,
  parse: (text: string) => names.find((name) => name === text),
})

function fieldsOf(models: readonly string[]): { readonly [K in keyof View]: Field<View[K]> } {
  return {
    model: { key: 'model', initial: models[0], ...oneOf(models) },
    sampler: { key: 'sampler', initial: undefined, ...oneOf(samplerNames()) },
    steps: { key: 'steps', initial: undefined, ...whole(1, maxT) },
    seed: { key: 'seed', initial: 0, ...whole(0, maxSeed) },
    count: { key: 'count', initial: 1000, ...whole(1, maxCount) },
    backend: { key: 'backend', initial: 'wasm', ...oneOf(backends) },
    t: { key: 't', initial: undefined, ...whole(0, maxT) },
    step: { key: 'step', initial: undefined, ...whole(0, maxT) },
    fieldT: { key: 'field', initial: undefined, ...whole(1, maxT) },
    start: {
      key: 'start',
      initial: [1.4, -1.2],
      right: `two numbers from -${reach} to ${reach}, such as 1.4,-1.2`,
      parse: (text) => {
        const [x, y, ...rest] = text.split(',').map((part) => (part.trim() ? Number(part) : Number.NaN))
        const inside = (value: number | undefined) => Math.abs(value ?? Number.NaN) <= reach
        return inside(x) && inside(y) && rest.length === 0 ? [x!, y!] : undefined
      },
    },
  }
}

/** Reads a view from a URL's query; `complaints` has a line for each invalid value, which falls back to its default. */
export function readView(
  query: string,
  models: readonly string[],
): { view: ViewSignals; complaints: readonly string[] } {
  const parameters = new URLSearchParams(query)
  const complaints: string[] = []
  const read = <V>({ key, initial, parse, right }: Field<V>): Signal<V> => {
    const text = parameters.get(key)
    if (text === null) return signal(initial)
    const value = parse(text)
    if (value === undefined) complaints.push(`The address has ${key}=${text}: give ${right}.`)
    return signal(value ?? initial)
  }
  const fields = Object.entries(fieldsOf(models)) as [keyof View, Field<unknown>][]
  const view = Object.fromEntries(fields.map(([name, field]) => [name, read(field)]))
  return { view: view as unknown as ViewSignals, complaints }
}

/** The query for `readView` to restore this view: all values that differ from their defaults, in a fixed order. */
export function writeView(view: ViewSignals, models: readonly string[]): string {
  const parameters = new URLSearchParams()
  for (const [name, { key, initial }] of Object.entries(fieldsOf(models))) {
    const value = view[name as keyof View].value
    if (value !== undefined && String(value) !== String(initial)) parameters.set(key, String(value))
  }
  const query = parameters.toString().replaceAll('%2C', ',').replaceAll('%2B', '+')
  return query && `?${query}`
}
