import { existsSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { compare } from '../../src/compare/compare.ts'
import { InputError } from '../../src/core/errors.ts'
import { exportNoisePredictor } from '../../src/export/export-model.ts'
import { openModel, selfTest } from '../../src/infer/open-model.ts'
import type { Provider, Providers } from '../../src/infer/provider.ts'
import { cudaFacts, visibleGpus } from '../../src/infer/providers/cuda.ts'
import { reference } from '../../src/infer/providers/reference.ts'
import { adapterIn } from '../../src/infer/providers/webgpu.ts'
import { isSoftware, reasonOf, type Session, takingTurns } from '../../src/infer/session.ts'
import { createNodeSession, loadModel, nodeProviders, registerProvider } from '../../src/node/providers.ts'
import { readModel } from '../../src/onnx/read.ts'
import { referenceModel, untrainedModel } from '../helpers/models.ts'

let bytes: Uint8Array
beforeAll(async () => {
  bytes = await exportNoisePredictor(referenceModel)
})
const gpu = ['/dev/nvidiactl', '/dev/dxg'].some(existsSync)

/** Node's providers, of which some fail, or compute something wrong. */
function providersWhere(broken: Partial<Record<string, string | 'wrong' | Error>>) {
  const tried: string[] = []
  const released: string[] = []
  const standIn = (definition: Provider): Provider => ({
    ...definition,
    async createSession(model) {
      const { name: provider } = definition
      tried.push(provider)
      const how = broken[provider]
      if (how instanceof Error) throw how
      if (how !== undefined && how !== 'wrong') throw new InputError(how, 'not-available')
      const session = await reference.createSession(model)
      const release = async () => {
        released.push(provider)
      }
      const run: Session['run'] = async (feeds, outputs) => {
        const right = await session.run(feeds, outputs)
        return how === 'wrong' ? { epsilon: right.epsilon!.map((x) => x + 1e-2) } : right
      }
      return { ...session, provider, run, release }
    },
  })
  const [first, ...rest] = nodeProviders
  const providers: Providers = [standIn(first), ...rest.map(standIn)]
  return { providers, tried, released }
}

describe('the provider auto', () => {
  it('is the first of cuda, cpu and wasm that runs, with the reasons why those before it do not', async () => {
    const first = await openModel(bytes, 'm', providersWhere({}).providers, { provider: 'auto' })
    expect([first.info.provider, first.skipped]).toEqual(['cuda', []])
    const { providers, tried } = providersWhere({ cuda: 'no GPU', cpu: 'no library' })
    const third = await openModel(bytes, 'm', providers, { provider: 'auto' })
    expect(third.info.provider).toBe('wasm')
    expect(third.skipped).toEqual([
      { provider: 'cuda', reason: 'no GPU' },
      { provider: 'cpu', reason: 'no library' },
    ])
    expect(tried).toEqual(['cuda', 'cpu', 'wasm'])
  })

  it('skips a provider with wrong results, and releases it', async () => {
    const { providers, released } = providersWhere({ cuda: 'wrong' })
    const model = await openModel(bytes, 'm', providers, { provider: 'auto' })
    expect(model.info.provider).toBe('cpu')
    expect(model.skipped[0]!.reason).toMatch(/^m fails its self-test on cuda: [^\n]+$/)
    expect(released).toEqual(['cuda'])
  })

  it('fails with the reason of each provider if none runs', async () => {
    const { providers } = providersWhere({ cuda: 'a', cpu: 'b', wasm: 'c' })
    await expect(openModel(bytes, 'm', providers, { provider: 'auto' })).rejects.toThrow(
      /^no provider runs the model: cuda: a; cpu: b; wasm: c$/,
    )
  })

  it('throws errors that are no InputError', async () => {
    const { providers } = providersWhere({ cuda: new TypeError('a bug') })
    await expect(openModel(bytes, 'm', providers, { provider: 'auto' })).rejects.toThrow(/^a bug$/)
  })

  it('uses no GPU except that of CUDA', async () => {
    await using model = await loadModel(bytes, { provider: 'auto' })
    expect(['cuda', 'cpu']).toContain(model.info.provider)
    if (!gpu) {
      expect(model.info.provider).toBe('cpu')
      expect(model.skipped).toEqual([{ provider: 'cuda', reason: expect.stringMatching(/no NVIDIA GPU/) }])
    }
  })
})

describe('a provider that is named', () => {
  it.each(nodeProviders)('never falls back to another: $name', async ({ name: provider }) => {
    const { providers, tried } = providersWhere({ [provider]: 'not here' })
    await expect(openModel(bytes, 'm', providers, { provider })).rejects.toThrow(/^not here$/)
    expect(tried).toEqual([provider])
  })

  it('is released if its self-test or its first run fails', async () => {
    const { providers, released } = providersWhere({ webgpu: 'wrong' })
    await expect(openModel(bytes, 'm', providers, { provider: 'webgpu' })).rejects.toThrow(
      /^m fails its self-test on webgpu: the outputs differ from the card's golden vectors by 0\.01\d*: use another provider, such as cpu$/,
    )
    expect(released).toEqual(['webgpu'])
    const [first, ...rest] = providers
    const failing: Provider = {
      ...first,
      createSession: async (...request) => ({
        ...(await first.createSession(...request)),
        run: () => Promise.reject(new Error('no such shader\nat place')),
      }),
    }
    await expect(openModel(bytes, 'm', [failing, ...rest], { provider: 'cpu' })).rejects.toThrow(
      /^provider cpu can't run m: no such shader$/,
    )
    expect(released).toEqual(['webgpu', 'cpu'])
  })

  it.skipIf(gpu)('is refused without its hardware before the runtime prints lines: cuda', async () => {
    await expect(createNodeSession(bytes, { provider: 'cuda' })).rejects.toThrow(
      /^provider cuda can't run on this machine: there is no NVIDIA GPU[^\n]*: moonstep doctor says what is missing$/,
    )
  })

  it.each<[object, RegExp]>([
    [{ provider: 'cpu', deviceId: 0 }, /^deviceId is for provider cuda, not cpu: leave it out$/],
    [{ provider: 'webgpu', tf32: false }, /^tf32 is for provider cuda, not webgpu: leave it out$/],
    [{ provider: 'cuda', deviceId: -1 }, /^deviceId is -1: give a whole number from 0 to/],
    [{ provider: 'cuda', deviceId: 0.5 }, /^deviceId is 0\.5/],
    [{ provider: 'wasm', threads: 0 }, /^threads is 0: give a whole number from 1 to 1024$/],
    [{ provider: 'gpu' }, /^provider is gpu: give cpu or cuda or /],
  ])('refuses options in one line: %j', async (options, message) => {
    await expect(createNodeSession(bytes, options as never)).rejects.toThrow(message)
    await expect(createNodeSession(bytes, options as never)).rejects.toBeInstanceOf(InputError)
  })

  it('has its own number of threads, except wasm, which has that of the first session', async () => {
    const first = await createNodeSession(bytes, { provider: 'wasm', threads: 2 })
    const second = await createNodeSession(bytes, { provider: 'wasm', threads: 1 })
    expect([first.threads, second.threads]).toEqual([2, 2])
    await Promise.all([first.release(), second.release()])
    for (const threads of [1, 2]) {
      const session = await createNodeSession(bytes, { provider: 'cpu', threads })
      expect(session.threads).toBe(threads)
      await session.release()
    }
  })
})

describe('a registered provider', () => {
  const mine = {
    name: 'mine',
    async createSession(model: Uint8Array) {
      return { ...(await reference.createSession(model)), provider: 'mine', runtime: 'mine 1.0' }
    },
  }

  it('can be named to loadModel and compare, and its name can be registered once', async () => {
    await expect(loadModel(bytes, { provider: 'mine' as 'cpu' })).rejects.toThrow(
      /^provider is mine: give cpu or /,
    )
    const provider = registerProvider(mine)
    expect(provider).toBe('mine')
    await using model = await loadModel(bytes, { provider })
    expect(model.info).toMatchObject({ provider: 'mine', runtime: 'mine 1.0' })
    const small = await exportNoisePredictor(untrainedModel({ T: 4, hidden: [6, 6] }))
    const { providers } = await compare(small, { providers: ['mine'], samples: 16, mainOnly: true })
    expect(providers).toMatchObject([{ provider: 'mine', runtime: 'mine 1.0', pass: true }])
    for (const name of ['mine', 'cpu', 'auto'])
      expect(() => registerProvider({ ...mine, name })).toThrow(
        `provider ${name} already exists: give yours another name`,
      )
  })

  it('gets our own encoding of a model, and no bytes of a stranger', async () => {
    const given: Uint8Array[] = []
    const provider = registerProvider({
      ...mine,
      name: 'watching',
      async createSession(model) {
        given.push(model)
        return { ...(await mine.createSession(model)), provider: 'watching' }
      },
    })
    // the name of another program that saved it
    await using _ = await loadModel(Uint8Array.from([...bytes, 0x12, 1, 0x78]), { provider })
    expect(given.map((each) => Buffer.from(each).equals(bytes))).toEqual([true])
  })

  it('must create sessions under its name', async () => {
    const provider = registerProvider({ ...mine, name: 'theirs' })
    await expect(loadModel(bytes, { provider })).rejects.toThrow(
      /^provider theirs created a session of provider mine$/,
    )
  })

  it('refuses options that it does not declare', async () => {
    await expect(loadModel(bytes, { provider: 'mine' as 'cpu', deviceId: 0 })).rejects.toThrow(
      /^deviceId is for provider cuda, not mine: leave it out$/,
    )
  })
})

describe('the self-test', () => {
  /** A session of the model's own outputs, off by a number. */
  const off = async (by: number, tf32: boolean | null): Promise<Session> => {
    const session = await reference.createSession(bytes)
    const run: Session['run'] = async (feeds, outputs) => ({
      epsilon: (await session.run(feeds, outputs)).epsilon!.map((x) => x + by),
    })
    return { ...session, tf32, run }
  }
  it.each([
    [0, null, true],
    [1e-6, null, true],
    [1e-3, null, false],
    [1e-3, false, false],
    [1e-2, true, true],
    [1, true, false],
    [Number.NaN, true, false],
    [Number.NaN, null, false],
  ])('of outputs that are off by %s, with TF32 %s, passes: %s', async (by, tf32, pass) => {
    expect(await selfTest(readModel(bytes), await off(by, tf32))).toMatchObject({ pass })
  })
})

describe('a session that takes turns', () => {
  it('never runs two calls at the same time, and is released once, after the last', async () => {
    let [running, most, frees] = [0, 0, 0]
    const session = takingTurns({
      ...(await reference.createSession(bytes)),
      async run() {
        running++
        most = Math.max(most, running)
        await new Promise((resolve) => setTimeout(resolve, 5))
        running--
        return {}
      },
      async release() {
        expect(running).toBe(0)
        frees++
      },
    })
    const calls = Array.from({ length: 5 }, () => session.run({}, []))
    await Promise.all([session.release(), session.release(), ...calls])
    expect([most, frees]).toEqual([1, 1])
    await expect(session.run({}, [])).rejects.toThrow(/^the session was released: load the model again$/)
  })
})

describe('the GPUs of CUDA', () => {
  const list = 'NVIDIA H100 80GB HBM3, 9.0\nNVIDIA H100 80GB HBM3, 9.0\n'
  const mixed = 'Tesla T4, 7.5\nNVIDIA A100, PCIe, 8.0\n'
  const names = (text: string, env: Record<string, string>) => visibleGpus(text, env).map(({ name }) => name)
  it('are those of nvidia-smi that CUDA_VISIBLE_DEVICES names', () => {
    expect(names(list, {})).toEqual(['NVIDIA H100 80GB HBM3', 'NVIDIA H100 80GB HBM3'])
    expect(names(list, { CUDA_VISIBLE_DEVICES: '1' })).toEqual(['NVIDIA H100 80GB HBM3'])
    const byBus = { CUDA_DEVICE_ORDER: 'PCI_BUS_ID' }
    expect(names(mixed, byBus)).toEqual(['Tesla T4', 'NVIDIA A100, PCIe'])
    expect(names(mixed, { ...byBus, CUDA_VISIBLE_DEVICES: '1,0' })).toEqual(['NVIDIA A100, PCIe', 'Tesla T4'])
    expect(visibleGpus(mixed, byBus).map(({ computeCapability }) => computeCapability)).toEqual([7.5, 8])
  })
  it('are none if their order is unknown, or if nvidia-smi fails', () => {
    expect(names(mixed, {})).toEqual([])
    expect(names(mixed, { CUDA_DEVICE_ORDER: 'PCI_BUS_ID', CUDA_VISIBLE_DEVICES: 'GPU-1234' })).toEqual([])
    expect(names(list, { CUDA_VISIBLE_DEVICES: 'GPU-1234' })).toEqual(['NVIDIA H100 80GB HBM3'])
    expect(names('NVIDIA-SMI has failed, because it could not\n', {})).toEqual([])
  })
  it.skipIf(gpu)('have TF32 unless the environment turns it off', () => {
    expect(cudaFacts(0)).toEqual({ adapter: null, tf32: process.env.NVIDIA_TF32_OVERRIDE !== '0' })
  })
})

describe('the text of a runtime', () => {
  it('is shortened to the reason in an error of CUDA or WebGPU', () => {
    const cuda =
      '/src/cuda_call.cc:154 std::conditional_t<THRW, void> onnxruntime::CudaCall(int) [with ERRTYPE = cudaError] CUDA failure 101: invalid device ordinal ; GPU=-1 ; hostname=vm ; file=/src/a.cc ; line=352 ; expr=cudaSetDevice(info_.device_id); '
    expect(reasonOf(new Error(cuda))).toBe('CUDA failure 101: invalid device ordinal')
    expect(
      reasonOf(
        new Error(
          '/src/webgpu_context.cc:136 onnxruntime::webgpu::Initialize()::<lambda()> adapter_result.status == Success was false. Failed to get a WebGPU adapter: No supported adapters\nmore',
        ),
      ),
    ).toBe('Failed to get a WebGPU adapter: No supported adapters')
    expect(reasonOf('plain')).toBe('plain')
  })

  it('names the last GPU in the log of Vulkan’s loader', () => {
    const log = (name: string) => `[Vulkan Loader] DRIVER:  Using "${name}" with driver: "libvulkan_lvp.so"\n`
    expect(adapterIn(`noise\n${log('Some (GPU)')}${log('llvmpipe (LLVM 19.1.7, 256 bits)')}noise`)).toBe(
      'llvmpipe (LLVM 19.1.7, 256 bits)',
    )
    expect(adapterIn('ERROR: no driver')).toBeNull()
  })

  it.each([
    ['llvmpipe (LLVM 19.1.7, 256 bits)', true],
    ['google swiftshader', true],
    ['SwiftShader Device (LLVM 10.0.0)', true],
    ['Microsoft Basic Render Driver', true],
    ['NVIDIA GeForce RTX 4090', false],
    ['apple metal-3', false],
    [null, false],
  ])('names an adapter that is software: %s, %s', (adapter, software) => {
    expect(isSoftware(adapter)).toBe(software)
  })
})
