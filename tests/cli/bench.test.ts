import { describe, expect, it } from 'vitest'
import { type BenchedProvider, benchTable, fastest, overtakings } from '../../src/cli/commands/bench.ts'
import { isSoftware } from '../../src/infer/session.ts'
import { moonstep } from '../helpers/cli.ts'
import { words } from '../helpers/words.ts'

const model = 'models/two-moons-seed/model.onnx'
const whole = 'models/two-moons-seed/sampler.onnx'
const bench = async (...options: string[]) => await moonstep`bench ${options}`

const benched = (provider: 'cpu' | 'cuda' | 'wasm', medians: Record<number, number>): BenchedProvider => ({
  provider,
  adapter: provider === 'cuda' ? 'NVIDIA H100' : null,
  onnxruntime: '1.30.0',
  runtime: 'onnxruntime-node 1.30.0',
  threads: 2,
  tf32: provider === 'cuda' ? true : null,
  loadSeconds: 0.25,
  leftOut: provider === 'wasm' ? 'from batch 100 on, a run would take about 40 s' : null,
  points: Object.entries(medians).map(([batch, medianSeconds]) => ({
    batch: Number(batch),
    warmupSeconds: 0.5,
    runs: 7,
    medianSeconds,
    p10Seconds: medianSeconds / 2,
    p90Seconds: medianSeconds * 2,
    samplesPerSecond: Number(batch) / medianSeconds,
  })),
})
const cpu = benched('cpu', { 1: 2e-5, 100: 1e-3, 10000: 0.2 })

describe('the batch from which a provider is faster than cpu', () => {
  it.each([
    [{ 1: 1e-3, 100: 1.1e-3, 10000: 5e-3 }, 10000, []],
    [{ 1: 1e-5, 100: 1e-4, 10000: 5e-3 }, 1, []],
    // faster once by chance
    [{ 1: 1e-5, 100: 2e-3, 10000: 5e-3 }, 10000, [1]],
    [{ 1: 1e-3, 100: 2e-3, 10000: 0.2 }, null, []],
    [{ 1: 1e-5, 100: 1e-4, 10000: 0.3 }, null, [1, 100]],
    [{ 1: 1e-3 }, null, []],
    [{}, null, []],
  ])('of medians %j is %s, with smaller ones: %j', (medians, batch, alsoAt) => {
    expect(overtakings([cpu, benched('cuda', medians)])).toEqual([{ provider: 'cuda', batch, alsoAt }])
  })

  it('is said as the table shows it: a provider that is slower at the largest batch alone is not called slower', () => {
    const lastWord = (medians: Record<number, number>) => {
      const all = [cpu, benched('cuda', medians)]
      return benchTable('sampler', all, overtakings(all)).trim().split('\n').at(-1)
    }
    expect(lastWord({ 1: 1e-5, 100: 1e-4, 10000: 0.3 })).toBe(
      'cuda is faster than cpu at batch 1, 100, and slower at the other measured batches',
    )
    expect(lastWord({ 1: 1e-5, 100: 2e-3, 10000: 5e-3 })).toBe(
      'cuda is faster than cpu from batch 10,000 on, and at batch 1',
    )
  })

  it('is null where cpu was not measured', () => {
    expect(overtakings([benched('cuda', { 1: 1 })])).toEqual([])
  })
})

it('the fastest provider is the one with the most samples a second at its best batch', () => {
  const cuda = benched('cuda', { 1: 1e-3, 10000: 5e-3 })
  expect(fastest([cpu, cuda])?.provider).toBe('cuda')
  expect(fastest([cpu, benched('cuda', { 1: 1e-3 })])?.provider).toBe('cpu')
  expect(fastest([])).toBeUndefined()
})

it('the table shows the runtime, a row for each batch, and the verdict', () => {
  const cuda = benched('cuda', { 1: 1e-3, 10000: 5e-3 })
  const all = [cpu, cuda, benched('wasm', { 1: 3e-5 })]
  const table = benchTable('sampler', all, overtakings(all))
  expect(table).toContain('a whole reverse process, by rows at once')
  expect(table).toContain('cuda (NVIDIA H100, TF32): onnxruntime-node 1.30.0, 2 threads, loaded in 250 ms')
  expect(table).toMatch(/^ +10,000 +5 ms +2\.5 ms to 10 ms +2,000,000 +500 ms +7$/m)
  expect(table).toMatch(/^ +1 +20 us +10 us to 40 us +50,000 /m)
  expect(table).toContain('  from batch 100 on, a run would take about 40 s')
  expect(table).toContain('cuda is faster than cpu from batch 10,000 on')
  expect(table).toContain('wasm is not faster than cpu at any measured batch')
})

describe('bench', () => {
  it.each([
    [model, 'noise_predictor'],
    [whole, 'sampler'],
  ])('measures %s on what runs here', async (file, kind) => {
    const { status, stdout, stderr } = await bench(file, '--batches', '10,1', '--seconds', '0.05', '--json')
    expect(status).toBe(0)
    const { providers, skipped, ...rest } = JSON.parse(stdout)
    expect(rest).toMatchObject({ model: file, kind })
    const names = providers.map(({ provider }: BenchedProvider) => provider)
    expect(names).toContain('cpu')
    expect(names).toContain('wasm')
    // what isn't measured says why
    expect([...names, ...skipped.map(({ provider }: { provider: string }) => provider)].sort()).toEqual([
      'cpu',
      'cuda',
      'simd',
      'wasm',
      'webgpu',
    ])
    for (const { provider, reason } of skipped)
      expect(stderr).toContain(`not on ${provider}: ${reason.replace('`providers`', '--providers')}`)
    for (const each of providers as BenchedProvider[]) {
      // a GPU that is the processor's imitation is measured only where it is named
      expect(isSoftware(each.adapter)).toBe(false)
      expect(each.points.map(({ batch }) => batch)).toEqual([1, 10])
      for (const point of each.points) {
        expect(point.runs).toBeGreaterThanOrEqual(3)
        expect(point.p10Seconds).toBeLessThanOrEqual(point.medianSeconds)
        expect(point.medianSeconds).toBeLessThanOrEqual(point.p90Seconds)
        expect(point.warmupSeconds).toBeGreaterThan(0)
        expect(point.samplesPerSecond).toBeCloseTo(point.batch / point.medianSeconds, 3)
      }
    }
  })

  it('skips batches that would take too long, and says so', async () => {
    const options = words`--providers reference --batches 300,1000000 --seconds 0.01 --json`
    const { status, stdout } = await bench(model, ...options)
    expect(status).toBe(0)
    const [{ points, leftOut }] = JSON.parse(stdout).providers
    expect(points.map(({ batch }: { batch: number }) => batch)).toEqual([300])
    expect(leftOut).toMatch(/^from batch 1,000,000 on, a run would take about [\d.]+ (ms|s|min \d+ s)$/)
  })

  it('measures a provider once even if it is named twice', async () => {
    const { stdout } = await bench(
      model,
      '--providers',
      'reference,cpu,reference',
      '--batches',
      '1',
      '--seconds',
      '0.01',
    )
    expect(stdout).toMatch(/^reference: moonstep /m)
    expect(stdout.match(/^reference:/gm)).toHaveLength(1)
    expect(stdout).toMatch(
      /^reference is (not faster than cpu at any measured batch|faster than cpu from batch 1 on)$/m,
    )
  })

  it.each<[string[], RegExp]>([
    [['--providers', 'cpu,gpu'], /^moonstep: unknown provider gpu.*: choose from cpu, /],
    [['--batches', '1,0'], /--batches 1,0 has 0: give whole numbers from 1/],
    [['--batches', 'many'], /--batches many: 'many' is not a number/],
    [['--seconds', '0'], /--seconds 0: give a number above 0/],
    [words`--providers cpu --device-id 0`, /--device-id is for provider cuda/],
    [['--threads', '0'], /--threads 0: give a whole number from 1/],
  ])('refuses %j in one line, exit 2', async (options, message) => {
    const { status, stdout, stderr } = await bench(model, ...options)
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(message)
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })

  it('refuses a file that is no model in one line, exit 2', async () => {
    const { status, stderr } = await bench('nowhere.onnx')
    expect(status).toBe(2)
    expect(stderr).toMatch(/there is no file nowhere\.onnx/)
  })
})
