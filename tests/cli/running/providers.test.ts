import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { machine } from '../../../src/cli/cuda-report.ts'
import { maxAbsDifference } from '../../../src/numerics/points.ts'
import { moonstep, moonstepProcess, succeeds } from '../../helpers/cli.ts'
import { folderOf } from '../../helpers/folders.ts'
import { describeWith } from '../../helpers/needs.ts'
import { words } from '../../helpers/words.ts'
import { spoiledModel } from '../../infer/spoiled.ts'

const model = 'models/two-moons-seed/model.onnx'
const whole = 'models/two-moons-seed/sampler.onnx'
const { at } = folderOf('providers')
const gpu = machine.exists('/dev/nvidiactl') || machine.exists('/dev/dxg')

async function draw(file: string, ...options: string[]) {
  const { status, stdout, stderr } =
    await moonstep`sample ${file} -n 20 --out ${at('s.json')} --json ${options}`
  if (status !== 0) throw new Error(stderr)
  const numbers: number[] = JSON.parse(readFileSync(at('s.json'), 'utf8')).flatMap((row: object) =>
    Object.values(row),
  )
  return { json: JSON.parse(stdout), stderr, numbers }
}

async function expectSame(provider: string, info: object, files = [model, whole]) {
  for (const file of files) {
    const expected = await draw(file)
    expect(expected.json).toMatchObject({ provider: 'cpu', adapter: null, tf32: null, skipped: [] })
    const { json, numbers } = await draw(file, '--provider', provider)
    expect(json).toMatchObject({ provider, tf32: null, skipped: [], ...info })
    expect(numbers).toHaveLength(40)
    expect(maxAbsDifference(numbers, expected.numbers)).toBeLessThanOrEqual(5e-4)
  }
}

describe('sample --provider', () => {
  it('wasm draws what cpu draws', async () =>
    await expectSame('wasm', { runtime: expect.stringMatching(/^onnxruntime-web/) }))
  it('simd draws what cpu draws', async () => await expectSame('simd', { onnxruntime: null }))
  it('simd draws the same bytes on its threads as on one', async () => {
    const [one, two] = [at('one.csv'), at('two.csv')]
    for (const [threads, out] of [
      ['1', one],
      ['2', two],
    ] as const) {
      const args = words`-n 20000 --provider simd --threads ${threads} --out ${out}`
      await succeeds`sample ${model} ${args}`
    }
    expect(readFileSync(two).equals(readFileSync(one))).toBe(true)
  })
  it('reference draws what cpu draws', async () =>
    await expectSame('reference', { onnxruntime: null, threads: 1 }))

  // as a program: what CUDA draws runs in a child process of the built package
  it.skipIf(gpu)('auto takes cpu where there is no CUDA, and says why', () => {
    const line = words`sample ${model} -n 20 --out ${at('auto.json')} --json --provider auto`
    const { status, stdout, stderr } = moonstepProcess(...line)
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      provider: 'cpu',
      skipped: [{ provider: 'cuda', reason: expect.stringMatching(/no NVIDIA GPU/) }],
    })
    expect(stderr).toMatch(/^not on cuda: [^\n]*no NVIDIA GPU/m)
  })

  it.skipIf(gpu)('cuda, which this machine lacks, is refused in one line where it is named, exit 2', () => {
    const { status, stdout, stderr } = moonstepProcess('sample', model, '--provider', 'cuda')
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^moonstep: provider cuda can't run on this machine: [^\n]+\n$/)
  })

  it('--device-id is refused for any provider but cuda, exit 2', async () => {
    for (const provider of ['cpu', 'auto']) {
      const { status, stderr } = await moonstep`sample ${model} --provider ${provider} --device-id 0`
      expect([status, stderr]).toEqual([
        2,
        expect.stringMatching(/^moonstep: [^\n]*is for provider cuda[^\n]*\n$/),
      ])
    }
  })
})

describeWith('tensorflow', 'sample --provider tensorflow', () => {
  it('draws what cpu draws', async () =>
    await expectSame('tensorflow', { onnxruntime: null, runtime: expect.stringMatching(/^TensorFlow 2/) }))
})

describeWith('vulkan', 'sample --provider webgpu', () => {
  it('draws what cpu draws, and names the GPU', async () =>
    await expectSame('webgpu', { adapter: expect.stringMatching(/\w/) }))
})

describeWith('chromium', 'sample in Chromium', () => {
  it('--provider wasm-browser draws what cpu draws', async () =>
    await expectSame('wasm-browser', { runtime: expect.stringMatching(/in Chromium/) }, [whole]))
})

describe('a model that fails its self-test', () => {
  const spoiled = at('spoiled.onnx')
  writeFileSync(spoiled, spoiledModel(readFileSync(model), 1))

  it('is refused by sample, exit 2, unless --no-self-test', async () => {
    const { status, stdout, stderr } = await moonstep`sample ${spoiled} -n 1`
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^moonstep: \S+ fails its self-test on cpu: [^\n]+\n$/)
    await succeeds`sample ${spoiled} -n 1 --no-self-test`
  })

  it('is reported by info for the named provider', async () => {
    const { status, stdout, stderr } = await moonstep`info ${spoiled} --provider wasm --json`
    expect(status).toBe(2)
    expect(JSON.parse(stdout).selfTest).toMatchObject({ provider: 'wasm', pass: false })
    expect(stderr).toMatch(/fails its self-test on wasm/)
    const good = await moonstep`info ${whole} --provider reference`
    expect(good.stdout).toMatch(/^self-test +passed on reference: worst difference \d/m)
  })
})
