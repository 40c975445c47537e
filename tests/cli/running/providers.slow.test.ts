import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { machine } from '../../../src/cli/cuda-report.ts'
import { maxAbsDifference } from '../../../src/numerics/points.ts'
import { moonstep } from '../../helpers/cli.ts'
import { describeWith } from '../../helpers/needs.ts'
import { spoiledModel } from '../../infer/spoiled.ts'

const model = 'models/two-moons-seed/model.onnx'
const whole = 'models/two-moons-seed/sampler.onnx'
const folder = mkdtempSync(join(tmpdir(), 'moonstep-providers-'))
const at = (name: string) => join(folder, name)
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const gpu = machine.exists('/dev/nvidiactl') || machine.exists('/dev/dxg')

function draw(file: string, ...options: string[]) {
  const { status, stdout, stderr } = moonstep(
    'sample',
    file,
    '-n',
    '20',
    '--out',
    at('s.json'),
    '--json',
    ...options,
  )
  if (status !== 0) throw new Error(stderr)
  const numbers: number[] = JSON.parse(readFileSync(at('s.json'), 'utf8')).flatMap((row: object) =>
    Object.values(row),
  )
  return { json: JSON.parse(stdout), stderr, numbers }
}

function expectSame(provider: string, info: object, files = [model, whole]) {
  for (const file of files) {
    const expected = draw(file)
    expect(expected.json).toMatchObject({ provider: 'cpu', adapter: null, tf32: null, skipped: [] })
    const { json, numbers } = draw(file, '--provider', provider)
    expect(json).toMatchObject({ provider, tf32: null, skipped: [], ...info })
    expect(numbers).toHaveLength(40)
    expect(maxAbsDifference(numbers, expected.numbers)).toBeLessThanOrEqual(5e-4)
  }
}

describe('sample --provider', () => {
  it('wasm draws what cpu draws', () =>
    expectSame('wasm', { runtime: expect.stringMatching(/^onnxruntime-web/) }))
  it('simd draws what cpu draws', () => expectSame('simd', { onnxruntime: null }))
  it('simd draws the same bytes on its threads as on one', () => {
    const [one, two] = ['one.csv', 'two.csv'].map(at) as [string, string]
    for (const [threads, out] of [
      ['1', one],
      ['2', two],
    ] as const) {
      const args = ['-n', '200000', '--provider', 'simd', '--threads', threads, '--out', out]
      expect(moonstep('sample', model, ...args).status).toBe(0)
    }
    expect(readFileSync(two).equals(readFileSync(one))).toBe(true)
  }, 120_000)
  it('reference draws what cpu draws', () => expectSame('reference', { onnxruntime: null, threads: 1 }))

  it.skipIf(gpu)('auto takes cpu where there is no CUDA, and says why', () => {
    const { json, stderr } = draw(model, '--provider', 'auto')
    expect(json).toMatchObject({
      provider: 'cpu',
      skipped: [{ provider: 'cuda', reason: expect.stringMatching(/no NVIDIA GPU/) }],
    })
    expect(stderr).toMatch(/^not on cuda: [^\n]*no NVIDIA GPU/m)
  })

  it.skipIf(gpu)('cuda, named, falls back to nothing: one line, exit 2', () => {
    const { status, stdout, stderr } = moonstep('sample', model, '--provider', 'cuda')
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^moonstep: provider cuda can't run on this machine: [^\n]+\n$/)
  })

  it('refuses --device-id elsewhere, exit 2', () => {
    for (const provider of ['cpu', 'auto']) {
      const { status, stderr } = moonstep('sample', model, '--provider', provider, '--device-id', '0')
      expect([status, stderr]).toEqual([
        2,
        expect.stringMatching(/^moonstep: [^\n]*is for provider cuda[^\n]*\n$/),
      ])
    }
  })
})

describeWith('tensorflow', 'sample --provider tensorflow', () => {
  it('draws what cpu draws', () =>
    expectSame('tensorflow', { onnxruntime: null, runtime: expect.stringMatching(/^TensorFlow 2/) }))
})

describeWith('vulkan', 'sample --provider webgpu', () => {
  it('draws what cpu draws, and names the GPU', () =>
    expectSame('webgpu', { adapter: expect.stringMatching(/\w/) }))
})

describeWith('chromium', 'sample in Chromium', () => {
  const info = { runtime: expect.stringMatching(/in Chromium/) }
  it('--provider wasm-browser draws what cpu draws', () => expectSame('wasm-browser', info))
  // SwiftShader is slow
  it('--provider webgpu-browser draws what cpu draws', () => expectSame('webgpu-browser', info, [whole]))
})

describe('a model whose golden vectors a provider misses', () => {
  const spoiled = at('spoiled.onnx')
  writeFileSync(spoiled, spoiledModel(readFileSync(model), 1))

  it('is refused by sample, exit 2, unless --no-self-test', () => {
    const { status, stdout, stderr } = moonstep('sample', spoiled, '-n', '1')
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^moonstep: \S+ fails its self-test on cpu: [^\n]+\n$/)
    expect(moonstep('sample', spoiled, '-n', '1', '--no-self-test').status).toBe(0)
  })

  it('is told by info of the provider that is named', () => {
    const { status, stdout, stderr } = moonstep('info', spoiled, '--provider', 'wasm', '--json')
    expect(status).toBe(2)
    expect(JSON.parse(stdout).selfTest).toMatchObject({ provider: 'wasm', pass: false })
    expect(stderr).toMatch(/fails its self-test on wasm/)
    const good = moonstep('info', whole, '--provider', 'reference')
    expect(good.stdout).toMatch(/^self-test +passed on reference: worst difference \d/m)
  })
})
