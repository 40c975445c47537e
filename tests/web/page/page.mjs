/** What a page writes; the test calls these two in it. */
import { InputError, loadModel, sample } from 'moonstep/web'

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
  setTimeout(() => controller.abort(new Error('enough')), milliseconds)
  try {
    await sample(model, {
      ...options,
      signal: controller.signal,
      onProgress: ({ done }) => {
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
