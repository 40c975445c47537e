/** What a page that trains writes; the test calls these in it. */
import { exportModel, memoryStore, openStore, train } from 'moonstep/web'

const sha256 = async (bytes) =>
  [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')

const files = ['config', 'weights', 'history', 'checkpoint', 'train', 'holdout', 'validation', 'data']

/** The digests of a run's files that are there, and of the models made of it. */
const digestsOf = async (store, run) => {
  const digests = {}
  for (const file of files) {
    const bytes = await store.read(file)
    if (bytes) digests[file] = await sha256(bytes)
  }
  const { model, sampler } = await exportModel({ run, sampler: {} })
  return { ...digests, model: await sha256(model), sampler: await sha256(sampler) }
}

globalThis.trained = async (request) => {
  const store = memoryStore()
  return digestsOf(store, await train({ ...request, store }))
}

/** What a run tells on its way, with live samples. */
globalThis.watched = async (request) => {
  const told = { notes: [], steps: [], samples: [] }
  const { history, run } = await train({
    ...request,
    onNote: (line) => told.notes.push(line),
    onProgress: ({ step }) => told.steps.push(step),
    onSamples: ({ step, table }) => told.samples.push([step, table.count, table.columns.length]),
  })
  return { ...told, losses: history.losses.length, run }
}

/**
 * Begins a run in OPFS, for the page to be closed on it; told of its checkpoints. Its samples are waited for: until a
 * checkpoint is due, however fast the machine is, and the second time, at a step on its way, for ever.
 */
globalThis.begun = async ({ name, heldAt, ...request }) => {
  const store = await openStore(name)
  globalThis.checkpoints = 0
  train({
    ...request,
    async onSamples({ step }) {
      await new Promise((later) => step === 0 && setTimeout(later, 3000))
      return { steps: heldAt }
    },
    store: {
      ...store,
      async writeTogether(written) {
        await store.writeTogether(written)
        if (written.checkpoint) globalThis.checkpoints++
      },
    },
  })
}

/** Goes on with a run in OPFS. */
globalThis.resumed = async ({ name, ...request }) => {
  const store = await openStore(name)
  const result = await train({ ...request, resume: true, store })
  return { digests: await digestsOf(store, store), run: result.run, steps: result.steps }
}

/** Stops a run, and goes on with it in the same page. */
globalThis.interrupted = async (request) => {
  const store = memoryStore()
  const controller = new AbortController()
  const onProgress = () => controller.abort(new Error('enough'))
  const reason = await train({ ...request, store, onProgress, signal: controller.signal }).catch(
    ({ message }) => message,
  )
  const result = await train({ resume: true, store })
  return { reason, digests: await digestsOf(store, result) }
}

globalThis.refused = async (request) => {
  try {
    await train(request)
  } catch (error) {
    return { message: error.message, code: error.code }
  }
}

globalThis.isReady = true
