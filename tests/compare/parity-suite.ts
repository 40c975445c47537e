import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import type { Comparison } from '../../src/compare/compare.ts'
import type { NodeProvider } from '../../src/node/providers.ts'
import { describeWith, isMissing, type Need } from '../helpers/needs.ts'
import { compareSmall } from './helpers.ts'

const folder = fileURLToPath(new URL('../../models', import.meta.url))
export const models = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.onnx'))
  .map((name) => [name, readFileSync(`${folder}/${name}`)] as const)

/**
 * A browser, and a GPU that is software in it, take a minute where the processor takes a second. There the samplers
 * that a card doesn't recommend are tried on one model, and a sampler.onnx not by itself: it is byte for byte the
 * graph that the comparison of its model.onnx makes (tests/models.test.ts).
 */
export const timeout = 300_000
const networks = models.filter(([name]) => name.endsWith('model.onnx'))

const isTable = (path: string) => /^(census|penguins)\//.test(path)

/** What the providers need that a machine may lack. */
const needs: Partial<Record<NodeProvider, Need>> = {
  webgpu: 'vulkan',
  tensorflow: 'tensorflow',
  'wasm-browser': 'chromium',
  'webgpu-browser': 'chromium',
}

/** Every sampler, in both forms, on every committed model. The reference takes long, and once for all of these providers. */
export function parityOf(providers: readonly NodeProvider[], { slow = false } = {}): void {
  const here = providers.filter((provider) => !isMissing(needs[provider]))
  const comparisons = new Map<string, Promise<Comparison>>()
  const comparisonOf = (path: string, bytes: Uint8Array): Promise<Comparison> => {
    const comparison =
      comparisons.get(path) ??
      compareSmall(bytes, {
        providers: [...here, 'reference'],
        // of a table as many as compare itself takes: the reference takes long
        samples: slow ? 64 : isTable(path) ? undefined : 200,
        mainOnly: slow && !path.startsWith('two-moons-seed'),
        threads: 2,
      })
    comparisons.set(path, comparison)
    return comparison
  }
  for (const provider of providers)
    describeWith(needs[provider], provider, () => parityOn(provider, comparisonOf, slow))
}

function parityOn(
  provider: NodeProvider,
  comparisonOf: (path: string, bytes: Uint8Array) => Promise<Comparison>,
  slow: boolean,
): void {
  const name = 'gives the numbers of the reference in every call and step: %s'
  it.each(slow ? networks : models)(name, { timeout }, async (path, bytes) => {
    const mainOnly = slow && !path.startsWith('two-moons-seed')
    const { file, pass, providers, processes } = await comparisonOf(path, bytes)
    expect(file).toMatchObject({ pass: true, problems: [] })
    const one = providers.find((each) => each.provider === provider)
    const judge = providers.find((each) => each.judge)
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
    expect(samplers).toHaveLength(isModel && !mainOnly ? 8 : 1)
    const forms = isModel ? ['model.onnx', 'sampler.onnx'] : ['sampler.onnx']
    for (const form of forms)
      expect(one!.processes.filter((report) => report.form === form).map(({ sampler }) => sampler)).toEqual(
        samplers,
      )
    // the samples are the reference's for all that anybody could tell
    const { slicedWasserstein2, energyV, null: chance } = one!.distances!
    expect(slicedWasserstein2 / chance.slicedWasserstein2).toBeLessThan(1e-3)
    expect(Math.abs(energyV) / chance.energyV).toBeLessThan(1e-3)
  })
}
