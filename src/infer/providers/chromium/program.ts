/**
 * The page's program, as text, since it runs in Chromium. Its sessions share one runtime, provider and number of
 * threads, and take turns. It fetches models and feeds from its server, and posts outputs back.
 */
export const pageProgram = String.raw`
const sessions = new Map()
let ort, device, lost, fail

async function create({ id, runtime, provider, threads }) {
  ort ??= await import('/ort/' + runtime)
  ort.env.logLevel = 'fatal'
  ort.env.wasm.wasmPaths = new URL('/ort/', import.meta.url).href
  ort.env.wasm.numThreads = globalThis.crossOriginIsolated ? threads : 1
  const session = await ort.InferenceSession.create(await fetched('./model'), {
    executionProviders: [provider],
    logSeverityLevel: 4,
    graphOptimizationLevel: 'all',
    // otherwise nodes that the provider lacks go to the CPU unseen
    ...(provider === 'wasm' ? {} : { extra: { session: { disable_cpu_ep_fallback: '1' } } }),
  })
  sessions.set(id, session)
  if (provider === 'webgpu' && !device) watch((device = await ort.env.webgpu.device))
  const info = device?.adapterInfo
  return {
    adapter: [info?.vendor, info?.architecture, info?.description].filter(Boolean).join(' ') || null,
    onnxruntime: ort.env.versions.web ?? ort.env.versions.common,
    threads: ort.env.wasm.numThreads,
  }
}

// a run on a device that is gone may never end
function watch({ lost: loss }) {
  globalThis.moonstepDevice = device
  loss.then(({ message }) => {
    lost = new Error('the GPU was lost (' + message.split('\n')[0] + '): load the model again')
    fail?.(lost)
  })
}

async function run({ id, list, outputs }) {
  if (lost) throw lost
  const bytes = await fetched('./feeds')
  let at = 0
  const feeds = {}
  for (const { name, dims } of list) {
    const length = dims.reduce((product, size) => product * size, 1)
    feeds[name] = new ort.Tensor('float32', new Float32Array(bytes, 4 * at, length), dims)
    at += length
  }
  // the GPU may be lost in the run, and while its results are fetched from it
  const compute = async () => {
    const results = await sessions.get(id).run(feeds, outputs)
    return Promise.all(outputs.map((name) => results[name].getData()))
  }
  const arrays = await new Promise((resolve, reject) => {
    fail = reject
    compute().then(resolve, async (error) => {
      // a lost GPU fails a run before it is said to be lost
      if (device) await Promise.race([device.lost, new Promise((later) => setTimeout(later, 1000))])
      reject(lost ?? error)
    })
  })
  await fetch('./results', { method: 'POST', body: new Blob(arrays) })
  return arrays.map(({ length }) => length)
}

async function release({ id }) {
  await sessions.get(id)?.release()
  sessions.delete(id)
}

async function fetched(path) {
  return (await fetch(path)).arrayBuffer()
}

globalThis.moonstep = { create, run, release, isLost: () => lost !== undefined }
`
