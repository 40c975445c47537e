import { describe, expect, it } from 'vitest'
import type { OpenSession } from '../../src/compare/provider.ts'
import { InputError } from '../../src/core/errors.ts'
import { exportNoisePredictor, exportSampler } from '../../src/export/export-model.ts'
import { createNodeSession } from '../../src/node/providers.ts'
import { compareSmall, lyingAbout, onCpu, smallModel } from './helpers.ts'

const model = await exportNoisePredictor(smallModel)
const sampler = await exportSampler(smallModel, { trajectory: true })

describe('the providers of a comparison', () => {
  const absent: OpenSession = async (bytes, options) => {
    if (options.provider !== 'cpu')
      throw new InputError(`provider ${options.provider} can't run: no such library`, 'bad-model')
    return createNodeSession(bytes, options)
  }

  it('that this machine lacks are listed without failing', async () => {
    const comparison = await compareSmall(model, { open: absent, providers: undefined })
    expect(comparison.pass).toBe(true)
    const lacking = ['cuda', 'webgpu', 'wasm', 'simd', 'webgpu-browser', 'wasm-browser', 'tensorflow']
    const listed = comparison.providers.map(({ provider, available, pass }) => [provider, available, pass])
    expect(listed).toEqual([
      ['cpu', true, true],
      ...lacking.map((name) => [name, false, null]),
      ['reference', true, true],
    ])
    expect(comparison.providers[1]!.reason).toMatch(/no such library/)
  })

  it('must be more than the reference', async () => {
    const none: OpenSession = async () => {
      throw new InputError('no such library', 'bad-model')
    }
    await expect(compareSmall(model, { open: none, providers: undefined })).rejects.toThrow(
      /this machine runs only the reference/,
    )
  })

  it('are an error if a named one is lacking', async () => {
    await expect(compareSmall(model, { open: absent, providers: ['cpu', 'webgpu'] })).rejects.toThrow(
      /provider webgpu can't run: no such library/,
    )
  })

  it.each([
    [['cpuu'], /unknown provider cpuu.*did you mean.*cpu|unknown provider cpuu/],
    [[], /no provider is named/],
  ])('must not be %j', async (providers, message) => {
    await expect(compareSmall(model, { providers })).rejects.toThrow(message)
  })

  it('that are named twice are compared once, and the reference equals itself', async () => {
    const { providers } = await compareSmall(model, { providers: ['reference', 'cpu', 'cpu'] })
    expect(providers.map(({ provider, judge, maxAbsError }) => [provider, judge, maxAbsError === 0])).toEqual(
      [
        ['reference', true, true],
        ['cpu', false, false],
      ],
    )
  })

  it('include cuda twice: without TF32 by the given tolerance, and with TF32 by that of tf32', async () => {
    // a stand-in for a GPU: its TF32 rounds to 0.005
    const gpu: OpenSession = async (bytes, { provider, tf32, threads }) => {
      if (provider !== 'cuda') throw new InputError('none', 'bad-model')
      const base = { provider: 'cpu', threads } as const
      const session = tf32
        ? await lyingAbout((epsilon) => epsilon.map((x) => x + 5e-3))(bytes, base)
        : await createNodeSession(bytes, base)
      return { ...session, provider, tf32: tf32 ?? null }
    }
    const { pass, providers } = await compareSmall(model, { open: gpu, providers: ['cuda'] })
    expect(pass).toBe(true)
    expect(providers.map(({ tf32, tolerance, pass }) => [tf32, tolerance.class, pass])).toEqual([
      [false, 'fp32', true],
      [true, 'tf32', true],
    ])
    const strict = await compareSmall(model, { open: gpu, providers: ['cuda'], tolerance: 'fp32' })
    expect(strict.providers.map(({ pass }) => pass)).toEqual([true, false])
  })

  it('fail for cuda if TF32 stays on although it is turned off', async () => {
    const gpu: OpenSession = async (bytes, { threads }) => ({
      ...(await createNodeSession(bytes, { provider: 'cpu', threads })),
      provider: 'cuda',
      tf32: true,
    })
    const { providers } = await compareSmall(model, { open: gpu, providers: ['cuda'] })
    expect(providers[0]).toMatchObject({ pass: false, problems: ["TF32 can't be turned off"] })
    const none: OpenSession = async (bytes, options) => ({ ...(await gpu(bytes, options)), tf32: false })
    const without = await compareSmall(model, { open: none, providers: ['cuda'] })
    expect(without).toMatchObject({
      pass: true,
      providers: [{ pass: true }, { available: false, pass: null }],
    })
  })
})

describe('the options of a comparison', () => {
  it.each<[object, RegExp]>([
    [{ tolerance: 'fp64' }, /unknown tolerance fp64.*fp32, tf32, fp16, exact/],
    [{ atol: -1 }, /atol is -1/],
    [{ rtol: Number.NaN }, /rtol is NaN/],
    [{ samples: 3 }, /samples is 3/],
    [{ threads: 0, providers: undefined }, /threads is 0/],
    [{ deviceId: -1 }, /deviceId is -1/],
  ])('are refused: %j', async (options, message) => {
    await expect(compareSmall(model, options)).rejects.toThrow(message)
  })

  it('pass with the smallest atol that a report names, and fail with less', async () => {
    for (const bytes of [model, sampler]) {
      const { smallestAtol, pass } = onCpu(await compareSmall(bytes, { rtol: 0 }))
      expect(pass).toBe(true)
      expect(onCpu(await compareSmall(bytes, { rtol: 0, atol: smallestAtol! })).pass).toBe(true)
      expect(onCpu(await compareSmall(bytes, { rtol: 0, atol: smallestAtol! * 0.99 })).pass).toBe(false)
    }
  })

  it('fail with the tolerance exact, which allows no rounding', async () => {
    const comparison = await compareSmall(model, { tolerance: 'exact' })
    expect([comparison.pass, onCpu(comparison).pass]).toEqual([false, false])
  })

  it('stop a comparison by a signal', async () => {
    const stop = new AbortController()
    const onProgress = () => stop.abort(new Error('enough'))
    await expect(compareSmall(model, { signal: stop.signal, onProgress })).rejects.toThrow('enough')
  })

  it('report a progress that rises to its end', async () => {
    const seen: number[] = []
    let end = 0
    await compareSmall(model, {
      providers: ['cpu', 'reference'],
      mainOnly: false,
      onProgress({ done, count }) {
        seen.push(done)
        end = count
      },
    })
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
    expect(seen.at(-1)).toBe(end)
  })
})
