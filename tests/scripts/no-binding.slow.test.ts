import { cpSync, existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { project, ROOT, run, TMP } from './helpers.ts'

afterAll(() => rmSync(TMP, { recursive: true, force: true }))

describe('where TensorFlow has no binding', () => {
  const { folder } = project('no-binding')
  for (const part of ['dist', 'package.json'])
    cpSync(join(ROOT, part), join(folder, part), { recursive: true })
  const moonstep = (...args: string[]) => run([join(folder, 'dist/cli/main.js'), ...args])

  it('train runs on onnxruntime, which is faster anyway, with no warning', async () => {
    const out = join(folder, 'run')
    const { status, stdout, stderr } = await moonstep(
      'train',
      '--out',
      out,
      '--steps',
      '3',
      '--rows',
      '20',
      '--json',
    )
    expect(status).toBe(0)
    expect(JSON.parse(stdout).engine).toBe('onnx')
    expect(stderr).not.toContain('warning')
  })

  it('the demo trains on onnxruntime, and says so', async () => {
    const out = join(folder, 'demo')
    const { status, stderr } = await moonstep('demo', '--out', out)
    expect(status).toBe(0)
    expect(stderr).toMatch(/^training on onnxruntime, engine onnx: TensorFlow's binding is missing: run .*$/m)
    expect(stderr).toMatch(/^trained 5,000 steps on onnx in /m)
    expect(existsSync(join(out, 'samples.svg'))).toBe(true)
  }, 120_000)

  it('train --engine tensorflow refuses in one line', async () => {
    const out = join(folder, 'refused')
    const { status, stderr } = await moonstep('train', '--engine', 'tensorflow', '--out', out)
    expect(status).toBe(2)
    expect(stderr).toMatch(
      /^moonstep: TensorFlow's binding is missing: run moonstep doctor --install tensorflow\n$/,
    )
    expect(existsSync(out)).toBe(false)
  })
})
