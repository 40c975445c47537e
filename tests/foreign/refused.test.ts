import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import proto from 'onnx-proto'
import { describe, it } from 'vitest'
import type { NetworkSampleOptions, SchedulerConfig } from '../../src/foreign/sample.ts'
import { openNetwork } from '../../src/node/network.ts'
import { folderOf } from '../helpers/folders.ts'
import { expectRejected } from '../helpers/refusals.ts'
import { draw, labels, tinyNetwork } from './tiny-network.ts'

const ddimConfig = { _class_name: 'DDIMScheduler', clip_sample: false, timestep_spacing: 'trailing' }
const { at } = folderOf('networks')

describe('what can not be sampled is refused in one line', () => {
  const euler = { _class_name: 'EulerDiscreteScheduler' }
  const withLabels = tinyNetwork({ others: [labels(['batch'])] })
  const given = { labels: 1 }
  it.each<[string, Uint8Array, SchedulerConfig, Partial<NetworkSampleOptions>, RegExp]>([
    [
      'an unknown scheduler',
      tinyNetwork(),
      { _class_name: 'KDPM2DiscreteScheduler' },
      {},
      /unknown scheduler KDPM2DiscreteScheduler.*: choose from DDIM/,
    ],
    ['a config without a class', tinyNetwork(), {}, {}, /has no _class_name: give one that diffusers wrote/],
    [
      'a learned variance',
      tinyNetwork(),
      { _class_name: 'DDPMScheduler', variance_type: 'learned_range' },
      {},
      /DDPMScheduler: variance_type: 'learned_range' is not followed: give 'fixed_small' or/,
    ],
    [
      'a network that predicts its variance',
      tinyNetwork({ channels: 2 }),
      ddimConfig,
      {},
      /outputs \[4\] for a state of \[2\]: a network that also predicts its variance/,
    ],
    [
      'two outputs',
      tinyNetwork({ outputs: ['a', 'b'] }),
      ddimConfig,
      {},
      /has 2 outputs, a \[batch, 2\] \(float32\), b .*: export it with one/,
    ],
    [
      'float64',
      tinyNetwork({ type: 'float64' }),
      ddimConfig,
      {},
      /sample \[batch, 2\] \(float64\) can't be used: export it as float32 or float16/,
    ],
    [
      'beta sigmas',
      tinyNetwork(),
      { ...euler, use_beta_sigmas: true },
      {},
      /use_beta_sigmas: true is not followed: give false/,
    ],
    [
      'a beta schedule',
      tinyNetwork(),
      { ...euler, beta_schedule: 'laplace' },
      {},
      /beta_schedule: 'laplace' is not followed: give 'linear' or/,
    ],
    [
      'a prediction type',
      tinyNetwork(),
      { ...euler, prediction_type: 'velocity' },
      {},
      /prediction_type: 'velocity' is not followed/,
    ],
    [
      'order 3',
      tinyNetwork(),
      { _class_name: 'DPMSolverMultistepScheduler', solver_order: 3 },
      {},
      /solver_order: 3 is not followed: give 2 or 1/,
    ],
    [
      'Runge-Kutta steps',
      tinyNetwork(),
      { _class_name: 'PNDMScheduler' },
      {},
      /skip_prk_steps: false is not followed: give true/,
    ],
    [
      'dynamic shifting',
      tinyNetwork(),
      { _class_name: 'FlowMatchEulerDiscreteScheduler', use_dynamic_shifting: true },
      {},
      /use_dynamic_shifting: true is not followed/,
    ],
    [
      'noise from zero SNR',
      tinyNetwork(),
      { ...ddimConfig, rescale_betas_zero_snr: true },
      {},
      /time 999 has the coefficient Infinity, above 1e6: its noise level has too little signal/,
    ],
    [
      'the same with x_0 clipped',
      tinyNetwork(),
      { ...ddimConfig, clip_sample: true, rescale_betas_zero_snr: true },
      {},
      /has too little signal/,
    ],
    [
      'too many steps',
      tinyNetwork(),
      ddimConfig,
      { numSteps: 1001 },
      /numSteps is 1001: give a whole number from 1 to 1000/,
    ],
    [
      'timesteps that rise',
      tinyNetwork(),
      ddimConfig,
      { numSteps: undefined, timesteps: [1, 2] },
      /timesteps is an array: give descending whole numbers from 999 to 0/,
    ],
    [
      'timesteps with karras sigmas',
      tinyNetwork(),
      { ...euler, use_karras_sigmas: true },
      { numSteps: undefined, timesteps: [5] },
      /use_karras_sigmas spaces the noise levels itself/,
    ],
    [
      'eta for what has a formula of its own',
      tinyNetwork(),
      { _class_name: 'UniPCMultistepScheduler' },
      { eta: 1 },
      /has a formula of its own, which takes no eta/,
    ],
    [
      'fractions for whole timesteps',
      tinyNetwork({ time: { dtype: 'int64' } }),
      { ...euler, use_karras_sigmas: true },
      {},
      /takes timestep as int64, and the scheduler gives \d+\.\d+: export it as float32/,
    ],
    [
      'an input that nobody gave',
      withLabels,
      ddimConfig,
      {},
      /also takes labels \[batch\] \(int64\): give it in `given`/,
    ],
    [
      'an input that it does not have',
      withLabels,
      ddimConfig,
      { given: { label: 1 } },
      /given has label, which the network does not take \(did you mean labels\?\)/,
    ],
    [
      'values for other samples',
      withLabels,
      ddimConfig,
      { given: { labels: [1, 2] } },
      /labels has 2 rows, and the network takes labels \[batch\] \(int64\) for 3 samples/,
    ],
    [
      'a fraction as a label',
      withLabels,
      ddimConfig,
      { given: { labels: 1.5 } },
      /a value is 1.5 where the network takes int64/,
    ],
    [
      'guidance without a word on what means none',
      withLabels,
      ddimConfig,
      { given, guidance: 2 },
      /guidance 2 needs .*: say in `without` which labels means none/,
    ],
    [
      'guidance of what takes nothing',
      tinyNetwork(),
      ddimConfig,
      { guidance: 2 },
      /it has no further inputs/,
    ],
    [
      'guidance in an odd batch',
      tinyNetwork({ shape: [3, 2], others: [labels([3])] }),
      ddimConfig,
      { given, without: { labels: 0 }, guidance: 2 },
      /guidance doubles the batch, which the network fixes at 3/,
    ],
    [
      'a shape that is left open',
      tinyNetwork({ shape: ['batch', 1, 'h', 'w'] }),
      ddimConfig,
      {},
      /sample is \[batch, 1, h, w\]: give the `shape` of a sample/,
    ],
    [
      'another shape',
      tinyNetwork(),
      ddimConfig,
      { shape: [3] },
      /shape is \[3\], and sample is \[batch, 2\]/,
    ],
    [
      'x_T of another size',
      tinyNetwork(),
      ddimConfig,
      { x_T: { data: new Float32Array(4), count: 2, dim: 2 } },
      /x_T is \[2, 2\]: give \[3, 2\]/,
    ],
    [
      'noise that no step takes',
      tinyNetwork(),
      ddimConfig,
      { noise: [] },
      /noise is given, but no step takes any/,
    ],
  ])('%s', async (_, network, scheduler, options, message) => {
    await expectRejected(() => draw(network, scheduler, options), message)
  })

  it('a label beyond the table, with its name and what would be right', async () => {
    await using digits = await openNetwork('models/digits')
    await expectRejected(
      () => digits.sample({ count: 1, numSteps: 2, given: { class_labels: 11 } }),
      /^class_labels has 11: the network takes whole numbers from 0 to 10$/,
    )
  })

  it("a provider of Moonstep's own networks", async () => {
    await expectRejected(
      () => openNetwork('models/digits', { provider: 'simd' }),
      /provider is simd, which computes Moonstep's own networks alone: give cpu/,
    )
  })

  it('a folder without its files', async () => {
    await expectRejected(
      () => openNetwork(at('nothing')),
      /there is no folder .*: give a folder with unet\/model.onnx/,
    )
    mkdirSync(at('empty', 'scheduler'), { recursive: true })
    await expectRejected(() => openNetwork(at('empty')), /empty has no network: give a folder with/)
    writeFileSync(at('empty', 'other.onnx'), tinyNetwork())
    await expectRejected(
      () => openNetwork(at('empty')),
      /there is no file .*scheduler_config.json: diffusers writes it/,
    )
    writeFileSync(
      at('empty', 'scheduler', 'scheduler_config.json'),
      '{ "_class_name": "DDIMScheduler", "x": -Infinity, }',
    )
    await expectRejected(() => openNetwork(at('empty')), /scheduler_config.json is no JSON/)
    writeFileSync(
      join(at('empty'), 'scheduler', 'scheduler_config.json'),
      '{ "_class_name": "DDIMScheduler", "x": -Infinity }',
    )
    const network = await openNetwork(at('empty'))
    await network.dispose()
    writeFileSync(at('empty', 'other.onnx.data'), '')
    await expectRejected(
      () => openNetwork(at('empty')),
      /has its weights in other.onnx.data: export it as one file/,
    )
  })
})

describe('a provider that can not run a network says which operator, of which opset', () => {
  const cases: [string, Uint8Array, RegExp][] = [
    [
      'types that it lacks',
      tinyNetwork({ op: 'Erf', type: 'bfloat16' }),
      /can't run the network: it has no operator Erf of opset 17 for the types at node out: use another provider, or export the network as float32$/,
    ],
    [
      'types that the operator never has',
      tinyNetwork({ op: 'Celu', type: 'float16' }),
      /can't run the network: operator Celu of opset 17 takes no tensor\(float16\) at node out: export the network as float32$/,
    ],
    [
      'an operator of a later opset',
      tinyNetwork({ op: 'Mish' }),
      /can't run the network: opset 17 has no operator Mish: export the network with an opset that has it, or without it$/,
    ],
    [
      'an opset of the future',
      tinyNetwork({ opset: 99 }),
      /can't run the network: it knows operators up to opset \d+, and these are of 99: export the network with opset \d+$/,
    ],
    [
      'an operator of somebody else',
      ofDomain('org.example', tinyNetwork({ op: 'Foo' })),
      /can't run the network: it has no operator Foo of domain org.example: export the network for ONNX's own operators$/,
    ],
  ]
  it.each(['cpu', 'wasm'] as const)('%s', async (provider) => {
    for (const [, network, line] of cases)
      await expectRejected(
        () => openNetwork({ network, scheduler: ddimConfig }, { provider, threads: 1 }),
        new RegExp(`^provider ${provider} ${line.source}`),
      )
  })
})

describe('a network whose inputs have names of a stranger', () => {
  const network = (name: string) => tinyNetwork({ others: [{ name, shape: ['batch'], dtype: 'float32' }] })

  it('asks for one that every object has', async () => {
    await expectRejected(
      () => draw(network('constructor'), ddimConfig),
      /^the network also takes constructor \[batch\] \(float32\): give it in `given`$/,
    )
    await draw(network('constructor'), ddimConfig, { given: { constructor: 1 } })
  })

  it('shows what a terminal would obey escaped', async () => {
    const name = '\x1b[31m\u202eclass'
    await expectRejected(
      () => draw(network(name), ddimConfig),
      /^the network also takes \\u\{1b\}\[31m\\u\{202e\}class \[batch\] \(float32\): give it/,
    )
    await expectRejected(
      () => draw(network(name), ddimConfig, { given: { other: 1 } }),
      /^given has other, which the network does not take: it takes \\u\{1b\}\[31m\\u\{202e\}class$/,
    )
    await expectRejected(
      () => draw(network(name), ddimConfig, { given: { [name]: [1, 2] } }),
      /^given: \\u\{1b\}\[31m\\u\{202e\}class /,
    )
    await expectRejected(
      () => draw(network(name), ddimConfig, { given: { [name]: 1 }, guidance: 2 }),
      /say in `without` which \\u\{1b\}\[31m\\u\{202e\}class means none$/,
    )
  })
})

/** The network with its operators of another domain. */
function ofDomain(domain: string, bytes: Uint8Array): Uint8Array {
  const { ModelProto } = proto.onnx
  const model = ModelProto.decode(bytes)
  for (const node of model.graph!.node!) node.domain = domain
  model.opsetImport!.push(proto.onnx.OperatorSetIdProto.create({ domain, version: 1 }))
  return ModelProto.encode(model).finish()
}
