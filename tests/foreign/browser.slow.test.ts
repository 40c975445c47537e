import { expect, it } from 'vitest'
import digitsConfig from '../../models/digits/scheduler/scheduler_config.json' with { type: 'json' }
import { exportNetwork, openNetwork } from '../../src/node/network.ts'
import { createNodeSession } from '../../src/node/providers.ts'
import { maxAbsDifference } from '../../src/numerics/points.ts'
import { standardNormals, streams } from '../../src/numerics/random.ts'
import { describeWith } from '../helpers/needs.ts'
import { expectRejected } from '../helpers/refusals.ts'
import { tinyNetwork } from './tiny-network.ts'

const [count, numSteps] = [3, 5]

describeWith('chromium', 'a diffusers network in Chromium', () => {
  it('gives the samples of Node, by steps and as a loop', async () => {
    const options = { count, numSteps, given: { class_labels: 4 } }
    await using inNode = await openNetwork('models/digits')
    await using inPage = await openNetwork('models/digits', { provider: 'wasm-browser' })
    const { data } = await inNode.sample(options)
    expect(maxAbsDifference((await inPage.sample(options)).data, data)).toBeLessThan(1e-5)
    const source = { network: 'models/digits/unet/model.onnx', scheduler: digitsConfig }
    const bytes = await exportNetwork(source, { numSteps })
    const session = await createNodeSession(bytes, { provider: 'wasm-browser', isForeign: true })
    const noise = { seed: 0, stream: streams.x_T, step: 0, start: 0, count, dim: 64 }
    const { x_0 } = await session.run(
      {
        x_T: { data: standardNormals(noise), dims: [count, 1, 8, 8] },
        given_class_labels: { data: new Float32Array(count).fill(4), dims: [count], type: 'int64' },
      },
      ['x_0'],
    )
    await session.release()
    expect(maxAbsDifference(x_0!, data)).toBeLessThan(1e-4)
  })

  it('that has an operator for which a GPU has no code is refused with its name, opset and provider', async () => {
    const source = { network: tinyNetwork({ op: 'Erf', type: 'bfloat16' }), scheduler: digitsConfig }
    await expectRejected(
      () => openNetwork(source, { provider: 'webgpu-browser' }),
      /^provider webgpu-browser can't run the network: it has no operator Erf of opset 17 for the types at node out: use/,
    )
  })

  it('takes and gives float16', async () => {
    const source = {
      network: tinyNetwork({ type: 'float16', time: { dtype: 'float16' } }),
      scheduler: digitsConfig,
    }
    await using inNode = await openNetwork(source)
    await using inPage = await openNetwork(source, { provider: 'wasm-browser' })
    const { data } = await inNode.sample({ count, numSteps })
    expect((await inPage.sample({ count, numSteps })).data).toEqual(data)
  })
})
