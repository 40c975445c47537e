import { InputError, messageOf } from '../core/errors.ts'
import { counted, printable } from '../core/format.ts'
import type { SamplerName } from '../diffusion/samplers/index.ts'
import { createSchedule } from '../diffusion/schedule.ts'
import type { SampleResult, SampleStep } from '../infer/model.ts'
import type { WebProvider } from '../infer/session.ts'
import type { ModelCard } from '../model/card.ts'
import { sliceRows } from '../numerics/points.ts'
import { maxSeed } from '../numerics/random.ts'
import { createSamplingClient, type LoadedModel, type SamplingClient } from './client.ts'
import { createElementView, type ElementView, maxVisibleSamples, nextFrame, reachOf } from './cloud.ts'

function describePicture(card: ModelCard, seed: number, result: SampleResult): string {
  const { points, timesteps, sampler } = result
  const set = card.dataset && 'name' in card.dataset ? ` of ${printable(card.dataset.name)}` : ''
  const steps = `${timesteps.length} step${timesteps.length === 1 ? '' : 's'}`
  const samples = `${points.count} sample${points.count === 1 ? '' : 's'}${set}`
  return `${samples}, ${describeAxes(card)}, drawn by ${sampler.name} in ${steps}, seed ${seed}`
}

function describeAxes({ columns }: ModelCard): string {
  const [first, second] = columns.map(printable)
  if (second === undefined) return `${first} from left to right`
  const axes = `${first} from left to right, ${second} upwards`
  return columns.length > 2 ? `the first two of ${columns.length} columns: ${axes}` : axes
}

/** Throws InputError on a table's model, whose states are encoded cells, not columns. */
function requirePoints({ encoding }: ModelCard, src: string): void {
  if (!encoding) return
  const columns = counted(encoding.columns.length, 'column')
  const problem = `${src} is the model of a table (${columns}): this element draws points; sample it with createSamplingClient, or moonstep sample`
  throw new InputError(problem, 'bad-model')
}

/** The events of `<moon-sampler>` by type. */
export interface MoonSamplerEvents {
  /** A model is loaded; fires again if the GPU was lost and WASM took over (`webgpuGivenUp` says why). */
  load: CustomEvent<LoadedModel>
  /** A step was taken. */
  step: CustomEvent<SampleStep>
  /** All samples are drawn and painted. */
  sample: CustomEvent<SampleResult & { readonly seed: number }>
  /** The error that the element shows as text. */
  error: CustomEvent<{ readonly message: string; readonly error: unknown }>
}

/** The attributes of `<moon-sampler>` in templates and JSX. */
export interface MoonSamplerAttributes {
  /** The model's URL. */
  readonly src?: string | undefined
  readonly count?: number | string | undefined
  readonly seed?: number | string | undefined
  readonly sampler?: SamplerName | undefined
  readonly 'num-steps'?: number | string | undefined
  readonly provider?: WebProvider | 'auto' | undefined
}

/** The element's properties whose names differ from their attributes', and its events, as templates and JSX name them. */
export interface MoonSamplerListeners {
  readonly numSteps?: number | null | undefined
  readonly onload?: ((event: MoonSamplerEvents['load']) => void) | undefined
  readonly onstep?: ((event: MoonSamplerEvents['step']) => void) | undefined
  readonly onsample?: ((event: MoonSamplerEvents['sample']) => void) | undefined
  readonly onerror?: ((event: MoonSamplerEvents['error']) => void) | undefined
}

const attributes = ['src', 'count', 'seed', 'sampler', 'num-steps', 'provider'] as const
const properties = ['src', 'count', 'seed', 'sampler', 'numSteps', 'provider'] as const

/** Node has no elements, but can import the class. */
const Base = globalThis.HTMLElement ?? (class {} as typeof HTMLElement)

/**
 * `<moon-sampler src="model.onnx" count="2000">` loads a model, samples it in a worker and paints every step. It samples
 * again when attributes change. Enter, Space or a click takes the next seed.
 */
export class MoonSampler extends Base {
  static readonly observedAttributes = attributes

  readonly #view: ElementView
  #client: SamplingClient | undefined
  #model: { key: string; loaded: Promise<LoadedModel> } | undefined
  #run: { controller: AbortController; result: Promise<SampleResult> } | undefined
  #isStale = false
  #note = ''

  constructor() {
    super()
    this.#view = createElementView(this, () => this.#takeNextSeed())
  }

  /** The model's URL, relative to the page. */
  get src(): string {
    return this.getAttribute('src') ?? ''
  }
  set src(value: string) {
    this.#reflect('src', value)
  }

  /** Number of samples. Default: 1000. */
  get count(): number {
    return Number(this.getAttribute('count') ?? 1000)
  }
  set count(value: number) {
    this.#reflect('count', value)
  }

  /** Default: 0. */
  get seed(): number {
    return Number(this.getAttribute('seed') ?? 0)
  }
  set seed(value: number) {
    this.#reflect('seed', value)
  }

  /** `ddpm`, `ddim`, `dpmsolver++`, `sde-dpmsolver++` or `heun`; null uses the model's recommendation. */
  get sampler(): SamplerName | null {
    return this.getAttribute('sampler') as SamplerName | null
  }
  set sampler(value: SamplerName | null) {
    this.#reflect('sampler', value)
  }

  /** Steps out of the model's T; null uses the model's recommendation. */
  get numSteps(): number | null {
    const text = this.getAttribute('num-steps')
    return text === null ? null : Number(text)
  }
  set numSteps(value: number | null) {
    this.#reflect('num-steps', value)
  }

  /** `simd` (default), `wasm`, `webgpu`, or `auto`: WebGPU if there is a GPU, else `simd`. */
  get provider(): WebProvider | 'auto' {
    return (this.getAttribute('provider') ?? 'simd') as WebProvider
  }
  set provider(value: WebProvider | 'auto' | null) {
    this.#reflect('provider', value)
  }

  /**
   * Returns the samples for the current attributes once they are painted, from the running draw if it has these
   * attributes, otherwise from a new one. Throws the error that the element shows; an AbortError if attributes change
   * meanwhile or the element leaves the page.
   */
  sample(): Promise<SampleResult> {
    if (!this.isConnected)
      return Promise.reject(new InputError('the element is in no page: append it to one first', 'conflict'))
    return this.#run && !this.#isStale ? this.#run.result : this.#start()
  }

  connectedCallback(): void {
    // properties set before the class was defined hide its accessors
    for (const name of properties)
      if (Object.hasOwn(this, name)) {
        const value = this[name]
        delete (this as Partial<Pick<this, typeof name>>)[name]
        this.#reflect(name === 'numSteps' ? 'num-steps' : name, value)
      }
    this.#change()
  }

  disconnectedCallback(): void {
    // moving an element removes and inserts it
    queueMicrotask(() => {
      if (this.isConnected) return
      this.#abort('the element left the page')
      this.#client?.dispose()
      this.#client = undefined
      this.#model = undefined
      this.#view.rest()
    })
  }

  attributeChangedCallback(_name: string, before: string | null, after: string | null): void {
    if (before !== after) this.#change()
  }

  /** Samples again, once for all changes in one task. */
  #change(): void {
    if (this.#isStale) return
    this.#isStale = true
    queueMicrotask(() => {
      if (!this.isConnected) this.#isStale = false
      // its error is shown
      else if (this.#isStale) this.#start().catch(() => {})
    })
  }

  #start(): Promise<SampleResult> {
    this.#isStale = false
    this.#abort("the element's attributes changed")
    const controller = new AbortController()
    const result = this.#draw(controller.signal)
    const run = { controller, result }
    this.#run = run
    const end = () => {
      if (this.#run === run) this.#run = undefined
    }
    result.then(end, end)
    return result
  }

  #abort(why: string): void {
    this.#run?.controller.abort(new DOMException(why, 'AbortError'))
    this.#run = undefined
  }

  async #draw(signal: AbortSignal): Promise<SampleResult> {
    try {
      const count = this.#integer('count', 1000)
      const seed = this.#integer('seed', 0)
      const numSteps = this.hasAttribute('num-steps') ? this.#integer('num-steps', 0) : undefined
      const sampler = this.sampler ?? undefined
      const { card } = await this.#load()
      const { alphaBars } = createSchedule({ kind: 'betas', betas: card.schedule.betas }, card.T)
      signal.throwIfAborted()
      const onStep = async (step: SampleStep) => {
        this.#dispatch('step', step)
        if (document.hidden || matchMedia('(prefers-reduced-motion: reduce)').matches) return
        await nextFrame()
        if (!signal.aborted) this.#view.paint(step.x, reachOf(alphaBars[step.t] ?? 1))
      }
      const result = await this.#client!.sample({ count, seed, sampler, numSteps, signal, onStep })
      const visible = sliceRows(result.x_0, 0, Math.min(count, maxVisibleSamples))
      this.#view.paint(visible, reachOf(1))
      this.#view.describe(describePicture(card, seed, result))
      this.#view.say(this.#note)
      this.#dispatch('sample', { ...result, seed })
      return result
    } catch (error) {
      if (signal.aborted) throw signal.reason
      const message = messageOf(error)
      this.#view.describe(`No samples: ${message}`)
      this.#view.say(message, true)
      this.#dispatch('error', { message, error })
      throw error
    }
  }

  /** Loads the model of `src` on `provider`, once, and again after an error. */
  async #load(): Promise<LoadedModel> {
    const { src, provider } = this
    if (!src) throw new InputError('src is missing: give the URL of a model.onnx', 'missing')
    const key = `${provider} ${src}`
    if (this.#model?.key === key) return this.#model.loaded
    this.#note = ''
    this.#view.say(`Loading ${src}`)
    this.#client ??= createSamplingClient({
      onFallback: (loaded) => {
        this.#note = `Samples come from the processor now: ${loaded.webgpuGivenUp}`
        this.#view.say(this.#note)
        this.#dispatch('load', loaded)
      },
    })
    const model = { key, loaded: this.#client.load(src, { provider }) }
    this.#model = model
    try {
      const loaded = await model.loaded
      requirePoints(loaded.card, src)
      if (this.#model === model) this.#dispatch('load', loaded)
      return loaded
    } catch (error) {
      if (this.#model === model) this.#model = undefined
      throw error
    }
  }

  #takeNextSeed(): void {
    const next = this.seed + 1
    this.seed = next <= maxSeed ? next : 0
  }

  #integer(name: 'count' | 'seed' | 'num-steps', otherwise: number): number {
    const text = this.getAttribute(name) ?? String(otherwise)
    if (!/^\d+$/.test(text.trim()))
      throw new InputError(`${name} is ${text}: give a whole number`, 'out-of-range')
    return Number(text)
  }

  #dispatch<K extends keyof MoonSamplerEvents>(type: K, detail: MoonSamplerEvents[K]['detail']): void {
    this.dispatchEvent(new CustomEvent(type, { detail }))
  }

  #reflect(name: (typeof attributes)[number], value: string | number | null | undefined): void {
    if (value === null || value === undefined) this.removeAttribute(name)
    else this.setAttribute(name, String(value))
  }
}
