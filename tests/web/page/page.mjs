/** What a page writes; the test calls these in it. */
import 'moonstep/web/onnxruntime'
import {
  createSamplingClient,
  InputError,
  impute,
  loadModel,
  sample,
  sampleStream,
  toRows,
} from 'moonstep/web'

globalThis.draw = async ({ source, load, options }) => {
  const bytes = source.bytes && (await (await fetch(source.bytes)).arrayBuffer())
  const model = await loadModel(
    bytes ? (source.as === 'Blob' ? new Blob([bytes]) : new Uint8Array(bytes)) : source.url,
    load,
  )
  const { points, x_0, provider, adapter, onnxruntime, threads } = await sample(model, options)
  await model.dispose()
  return { points: [...points.data], x_0: [...x_0.data], provider, adapter, onnxruntime, threads }
}

const rowsOf = (table) => ({
  kinds: table.columns.map(({ kind }) => kind),
  types: table.columns.map(({ cells }) => cells.constructor.name),
  cells: table.columns.map(({ cells }) => [...cells]),
  rows: toRows(table),
})

/** The rows of a table's model, by each of the ways to sample it. */
globalThis.rows = {
  async sample({ url, load, options }) {
    const model = await loadModel(url, load)
    const { table, x_0 } = await sample(model, options)
    await model.dispose()
    return { ...rowsOf(table), x_0: [...x_0.data] }
  },

  async sampleStream({ url, load, options }) {
    const model = await loadModel(url, load)
    const chunks = await Array.fromAsync(sampleStream(model, options))
    await model.dispose()
    const parts = chunks.map(({ table }) => rowsOf(table))
    return {
      ...parts[0],
      cells: parts[0].cells.map((_, d) => parts.flatMap(({ cells }) => cells[d])),
      rows: parts.flatMap(({ rows }) => rows),
      x_0: chunks.flatMap(({ x_0 }) => [...x_0.data]),
    }
  },

  async client({ url, load, options }) {
    const client = createSamplingClient()
    try {
      await client.load(url, load)
      const steps = []
      const { table, x_0 } = await client.sample({ ...options, onStep: ({ x }) => steps.push(x.dim) })
      return { ...rowsOf(table), x_0: [...x_0.data], steps }
    } finally {
      client.dispose()
    }
  },

  async impute({ url, load, rows, options }) {
    const model = await loadModel(url, load)
    const full = await impute(model, rows, options)
    await model.dispose()
    return rowsOf(full)
  },
}

/** Whether copies of a table's samples, from a worker and from here, have points, and the points with the warnings before and after. */
globalThis.tablePoints = async ({ url, options }) => {
  const { warn } = console
  const warnings = []
  console.warn = (line) => warnings.push(line)
  const client = createSamplingClient()
  await client.load(url)
  const model = await loadModel(url)
  const drawn = [await client.sample(options), await sample(model, options)]
  client.dispose()
  await model.dispose()
  const copied = drawn.map((samples) => 'points' in structuredClone(samples))
  const before = warnings.length
  const points = drawn.map(({ points: { data, count, dim } }) => [[...data], count, dim])
  console.warn = warn
  return { copied, before, points, warnings }
}

/** The message of the error that sampling rows ends with. */
globalThis.rowsRefusal = async (way, request) => {
  try {
    await globalThis.rows[way](request)
  } catch (error) {
    return { message: error.message, isInputError: error instanceof InputError }
  }
}

/** The message of the error that a call ends with. */
globalThis.refusal = async (call) => {
  try {
    await globalThis.draw(call)
  } catch (error) {
    return { message: error.message, isInputError: error instanceof InputError }
  }
}

/** Aborts from a timer while a model is sampled: how many of its chunks were done by then. */
globalThis.abortLater = async ({ source, load, options, milliseconds }) => {
  const model = await loadModel(source.url, load)
  const controller = new AbortController()
  let last = 0
  const start = performance.now()
  // once it is under way, which takes its time on a busy machine
  const abort = () => setTimeout(() => controller.abort(new Error('enough')), milliseconds)
  try {
    await sample(model, {
      ...options,
      signal: controller.signal,
      onProgress: ({ done }) => {
        if (last === 0) abort()
        last = done
      },
    })
  } catch (error) {
    const { points } = await sample(model, { count: 3 })
    return { message: error.message, last, seconds: (performance.now() - start) / 1000, after: points.count }
  } finally {
    await model.dispose()
  }
}

/** Whether a large draw on threads is that on one, and how many workers it started. */
globalThis.onThreads = async ({ url, count }) => {
  const drawn = []
  let started = 0
  globalThis.Worker = class extends Worker {
    constructor(...request) {
      super(...request)
      started++
    }
  }
  for (const threads of [1, 2]) {
    const model = await loadModel(url, { threads })
    drawn.push((await sample(model, { count, seed: 7 })).x_0.data)
    await model.dispose()
  }
  const [one, two] = drawn
  return { started, length: two.length, isSame: one.every((x, i) => Object.is(x, two[i])) }
}
