/** Runs a model in the page on one provider alone; the page that the test serves imports this file. */
globalThis.runModel = async ({ provider, model, feeds, output }) => {
  const ort = await import(`/ort.${provider}.min.mjs`)
  ort.env.wasm.wasmPaths = '/'
  ort.env.wasm.numThreads = 1
  const session = await ort.InferenceSession.create(model, {
    executionProviders: [provider],
    ...(provider === 'wasm' ? {} : { extra: { session: { disable_cpu_ep_fallback: '1' } } }),
  })
  const tensors = Object.entries(feeds).map(([name, { data, dims }]) => [
    name,
    new ort.Tensor('float32', Float32Array.from(data), dims),
  ])
  const results = await session.run(Object.fromEntries(tensors))
  const numbers = [...(await results[output].getData())]
  await session.release()
  return numbers
}
