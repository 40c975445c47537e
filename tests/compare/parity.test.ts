import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import '../../src/providers.ts'
import type { ExecutionProvider } from '../../src/infer/session.ts'
import { describeWith } from '../helpers/needs.ts'
import { as, compareSmall, onCpu } from './helpers.ts'

const folder = fileURLToPath(new URL('../../models', import.meta.url))
const models = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.onnx'))
  .map((name) => [name, readFileSync(`${folder}/${name}`)] as const)

/**
 * A browser, and a GPU that is software in it, take a minute where the processor takes a second: there the samplers
 * that a card doesn't recommend are tried on one model.
 */
const timeout = 300_000

/** Every sampler, in both forms, on every committed model. */
function parityOf(provider: ExecutionProvider, { slow = false } = {}): void {
  const name = '%s: every call, and every step of every sampler'
  it.each(models)(name, { timeout }, async (path, bytes) => {
    const mainOnly = slow && !path.startsWith('two-moons-seed')
    const { file, pass, providers, processes } = await compareSmall(bytes, {
      providers: [provider, 'reference'],
      samples: 200,
      mainOnly,
      threads: 2,
    })
    expect(file).toMatchObject({ pass: true, problems: [] })
    const [one, judge] = providers
    expect(one).toMatchObject({
      provider,
      available: true,
      pass: true,
      problems: [],
      selfTest: { pass: true },
    })
    expect(judge).toMatchObject({ provider: 'reference', judge: true, pass: true, maxAbsError: 0 })
    expect(pass).toBe(true)
    const samplers = processes.map(({ sampler }) => sampler)
    expect(processes.every(({ refused }) => refused === null)).toBe(true)
    const isModel = one!.calls !== null
    expect(samplers).toHaveLength(isModel && !mainOnly ? 6 : 1)
    const forms = isModel ? ['model.onnx', 'sampler.onnx'] : ['sampler.onnx']
    for (const form of forms)
      expect(one!.processes.filter((report) => report.form === form).map(({ sampler }) => sampler)).toEqual(
        samplers,
      )
    // the samples are the judge's for all that anybody could tell
    const { slicedWasserstein2, energyV, null: chance } = one!.distances!
    expect(slicedWasserstein2 / chance.slicedWasserstein2).toBeLessThan(1e-3)
    expect(Math.abs(energyV) / chance.energyV).toBeLessThan(1e-3)
  })
}

it('there are models to compare', () => expect(models.length).toBeGreaterThanOrEqual(2))

describe('cpu', () => parityOf('cpu'))
describe('wasm', () => parityOf('wasm'))
describeWith('vulkan', 'webgpu', () => parityOf('webgpu'))
describeWith('tensorflow', 'tensorflow', () => parityOf('tensorflow'))
describeWith('chromium', 'wasm-browser', () => parityOf('wasm-browser', { slow: true }))
describeWith('chromium', 'webgpu-browser', () => parityOf('webgpu-browser', { slow: true }))

// `compare` takes the reference for its judge, so its sessions are compared under another name
describe('reference', () => {
  it.each(models)('%s: sessions of it are the judge to float32', { timeout }, async (path, bytes) => {
    const comparison = await compareSmall(bytes, {
      open: as('cpu', 'reference'),
      samples: 64,
      mainOnly: !path.startsWith('two-moons-seed'),
      threads: undefined,
      atol: 3e-7,
      rtol: 3e-7,
    })
    expect(onCpu(comparison)).toMatchObject({ pass: true, runtime: expect.stringMatching(/float64/) })
  })
})
