import '../../../dist/browser/onnxruntime.js'
import { loadModel, sample } from '../../../dist/browser/index.js'

// the devices that anybody asks for, so that the test can take one away
const devices = []
const { requestDevice } = GPUAdapter.prototype
GPUAdapter.prototype.requestDevice = async function (...request) {
  const device = await requestDevice.apply(this, request)
  devices.push(device)
  return device
}

/** What a call of `sample` says, in the middle of which the GPU is lost, and what the next one says. */
globalThis.lose = async () => {
  const model = await loadModel('models/model.onnx', { provider: 'webgpu' })
  const message = (promise) =>
    promise.then(
      () => 'drew',
      (error) => error.message,
    )
  const running = message(sample(model, { count: 1000, chunkSize: 100 }))
  await new Promise((resolve) => setTimeout(resolve, 50))
  for (const device of devices) device.destroy()
  const messages = [await running, await message(sample(model, { count: 1 }))]
  await model.dispose()
  await model.dispose()
  return messages
}
