import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { exportNoisePredictor } from '../../src/export/export-model.ts'
import { changeNumber, sabotaged } from '../compare/helpers.ts'
import { moonstep, moonstepProcess, refuses } from '../helpers/cli.ts'
import { folderOf } from '../helpers/folders.ts'
import { untrainedModel } from '../helpers/models.ts'
import { words } from '../helpers/words.ts'

const run = 'models/two-moons-seed'
const model = `${run}/model.onnx`
const { at } = folderOf('compare')

/** A network of the same layers that the reference computes in no time. */
const small = await exportNoisePredictor(untrainedModel({ T: 10, hidden: [8, 8, 8, 8] }))
const changed = (bytes: Uint8Array, options?: Parameters<typeof sabotaged>[2]) =>
  sabotaged(bytes, (m) => changeNumber(m, 'model.8.weight', 3, (x) => x + 1e-2), options)
writeFileSync(at('small.onnx'), small)
writeFileSync(at('stale.onnx'), changed(small, { stale: true }))
writeFileSync(at('small-own.onnx'), changed(small))
writeFileSync(at('own.onnx'), changed(readFileSync(model)))

describe('moonstep compare', () => {
  it('prints one JSON object with an entry for every named provider, the reference too', async () => {
    const { status, stdout } = await moonstep`compare ${model} --providers cpu,reference --json`
    expect(status).toBe(0)
    const result = JSON.parse(stdout)
    expect(stdout.trim().split('\n')).toHaveLength(1)
    expect(result).toMatchObject({
      pass: true,
      model,
      kind: 'noise_predictor',
      judge: { provider: 'reference', weightsOf: null },
      tolerance: { class: 'fp32', call: { atol: 1e-5, rtol: 1e-4 }, process: { atol: 1e-4, rtol: 1e-4 } },
      file: { pass: true, problems: [] },
    })
    expect(result.providers).toHaveLength(2)
    const [cpu, reference] = result.providers
    expect(cpu).toMatchObject({
      provider: 'cpu',
      adapter: null,
      onnxruntime: expect.stringMatching(/^\d+\.\d+/),
      pass: true,
      available: true,
      judge: false,
    })
    expect(cpu.maxAbsError).toBeGreaterThan(0)
    expect(cpu.maxAbsError).toBeLessThan(1e-4)
    expect(cpu.calls).toMatchObject({ pass: true, calls: 41 })
    // eight samplers in two forms, each with the curve of its eleven states
    expect(cpu.processes).toHaveLength(16)
    for (const { curve, firstPast } of cpu.processes) expect([curve.length, firstPast]).toEqual([11, null])
    expect(cpu.distances.slicedWasserstein2).toBeLessThan(cpu.distances.null.slicedWasserstein2 / 1000)
    expect(reference).toMatchObject({ provider: 'reference', judge: true, pass: true, maxAbsError: 0 })
  })

  it('prints a table, and writes it as Markdown', async () => {
    const { status, stdout, stderr } =
      await moonstep`compare ${run}/sampler.onnx --providers cpu --markdown ${at('report.md')}`
    expect(status).toBe(0)
    expect(stdout).toMatch(/^cpu +pass /m)
    expect(stdout.trim().split('\n').at(-1)).toBe('pass: cpu')
    expect(stderr).toMatch(/wrote .*report\.md/)
    const markdown = readFileSync(at('report.md'), 'utf8')
    expect(markdown).toMatch(/^## .*sampler\.onnx against its own weights in float64$/m)
    expect(markdown).toMatch(/^\| cpu \| pass \|/m)
  })

  it('exits with 1 where a digest, a golden vector or a provider is wrong', async () => {
    const on = async (providers: string, ...more: string[]) =>
      await moonstep`compare ${more} --providers ${providers} --json`
    const stale = await on('cpu,reference', at('stale.onnx'))
    expect(stale.status).toBe(1)
    expect(JSON.parse(stale.stdout)).toMatchObject({
      pass: false,
      file: { problems: [expect.stringMatching(/initializer model\.8\.weight is not what was exported/)] },
      providers: [
        { provider: 'cpu', pass: false },
        { provider: 'reference', pass: false },
      ],
    })
    const own = await on('cpu', at('small-own.onnx'))
    expect(own.status).toBe(1)
    expect(JSON.parse(own.stdout)).toMatchObject({ pass: false, file: { selfTest: { pass: false } } })
    const tight = await on('cpu,reference', at('small.onnx'), '--atol', '1e-9', '--rtol', '0')
    expect(tight.status).toBe(1)
    expect(JSON.parse(tight.stdout)).toMatchObject({
      pass: false,
      tolerance: { class: null, call: { atol: 1e-9, rtol: 0 } },
      providers: [{ provider: 'cpu', pass: false }, { pass: true }],
    })
  })

  it('with --reference names the weight that differs, its element and both values', async () => {
    for (const reference of [run, model]) {
      const own = at('own.onnx')
      const { status, stdout } = await moonstep`compare ${own} --providers cpu --reference ${reference}`
      expect(status).toBe(1)
      const text = stdout.replace(/\n +/g, ' ')
      expect(text).toMatch(/- the file: model\.8\.weight\[3\] is [-\d.]+, but [-\d.]+ in /)
      expect(text.trim().split('\n').at(-1)).toBe('FAIL: the file; cpu')
    }
  })

  it('refuses wrong calls in one line, exit 2', async () => {
    writeFileSync(at('other.onnx'), await exportNoisePredictor(untrainedModel({ T: 10, hidden: [8] })))
    writeFileSync(at('no.onnx'), 'no')
    const cases: [string[], RegExp][] = [
      [words`${model} --providers cpu,wbgpu`, /unknown provider wbgpu/],
      [words`${model} --providers ${''}`, /--providers needs a value/],
      [words`${at('no.onnx')} --providers cpu`, /is no ONNX file/],
      [[at('nowhere.onnx')], /there is no file/],
      [words`${model} --providers cpu --tolerance fp33`, /unknown tolerance fp33.*fp32/],
      [words`${model} --providers cpu --atol -1`, /: --atol -1: give a number from 0 up/],
      [words`${model} --providers cpu --threads 0`, /--threads 0: give a whole number from 1/],
      [words`${model} --providers cpu --reference ${at('nowhere')}`, /--reference .*no such file/],
      [words`${model} --providers cpu --reference ${at('other.onnx')}`, /has another network than/],
      // before all else, for the report of a long run would be lost
      [words`${at('nowhere.onnx')} --markdown /proc/no/report.md`, /cannot write \/proc\/no\/report\.md/],
    ]
    for (const [args, message] of cases) {
      await refuses(['compare', ...args], message)
    }
    expect(existsSync('/proc/no')).toBe(false)
  })

  it('refuses a named provider that this machine lacks', () => {
    if (existsSync('/dev/nvidiactl')) return
    const { status, stderr } = moonstepProcess(...words`compare ${model} --providers cpu,cuda`)
    expect([status, stderr]).toEqual([2, expect.stringMatching(/^moonstep: [^\n]*cuda[^\n]*\n$/)])
  })
})
