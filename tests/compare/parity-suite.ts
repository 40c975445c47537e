import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { Comparison } from '../../src/compare/compare.ts'
import type { ProviderName } from '../../src/node/providers.ts'
import { describeWith, isMissing, type Need } from '../helpers/needs.ts'
import { compareSmall } from './helpers.ts'

/** A model: a committed one by its name, or another with its bytes. */
interface Compared {
  readonly name: string
  readonly everySampler?: boolean
  readonly bytes?: () => Promise<Uint8Array>
}

/** A GPU that is software takes long where the processor takes a second. */
const timeout = 300_000

/** What the providers need that a machine may lack. */
const needs: Partial<Record<ProviderName, Need>> = {
  webgpu: 'vulkan',
  tensorflow: 'tensorflow',
  'wasm-browser': 'chromium',
}

/**
 * Compares models by several providers at once, as the reference takes long. A sampler.onnx is byte for byte the graph
 * that the comparison of its model.onnx makes (tests/models.test.ts).
 */
export function parityOf(providers: readonly ProviderName[], models: readonly Compared[]): void {
  const here = providers.filter((provider) => !isMissing(needs[provider]))
  const comparisons = new Map<string, Promise<Comparison>>()
  const comparisonOf = ({
    name,
    everySampler = false,
    bytes = committed(name),
  }: Compared): Promise<Comparison> => {
    const comparison =
      comparisons.get(name) ??
      bytes().then((file) =>
        compareSmall(file, {
          providers: [...here, 'reference'],
          samples: 32,
          mainOnly: !everySampler,
          threads: 2,
        }),
      )
    comparisons.set(name, comparison)
    return comparison
  }
  for (const provider of providers)
    describeWith(needs[provider], provider, () => {
      it.each(models)(
        'gives the numbers of the reference in every call and step: $name',
        { timeout },
        async (compared) =>
          expectParity(provider, await comparisonOf(compared), compared.everySampler ? 8 : 1),
      )
    })
}

const committed = (name: string) => async (): Promise<Uint8Array> =>
  readFileSync(new URL(`../../models/${name}/model.onnx`, import.meta.url))

function expectParity(provider: ProviderName, comparison: Comparison, samplerCount: number): void {
  const { file, pass, providers, processes } = comparison
  expect(file).toMatchObject({ pass: true, problems: [] })
  const one = providers.find((each) => each.provider === provider)!
  const judge = providers.find((each) => each.judge)
  expect(one).toMatchObject({ available: true, pass: true, problems: [], selfTest: { pass: true } })
  expect(judge).toMatchObject({ provider: 'reference', judge: true, pass: true, maxAbsError: 0 })
  expect(pass).toBe(true)
  const samplers = processes.map(({ sampler }) => sampler)
  expect(processes.every(({ refused }) => refused === null)).toBe(true)
  expect(samplers).toHaveLength(samplerCount)
  for (const form of ['model.onnx', 'sampler.onnx'])
    expect(one.processes.filter((each) => each.form === form).map(({ sampler }) => sampler)).toEqual(samplers)
  // the samples are the reference's for all that anybody could tell
  const { slicedWasserstein2, energyV, null: chance } = one.distances!
  expect(slicedWasserstein2 / chance.slicedWasserstein2).toBeLessThan(1e-3)
  expect(Math.abs(energyV) / chance.energyV).toBeLessThan(1e-3)
}
