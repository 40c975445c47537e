import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { moonstep } from '../helpers/cli.ts'
import { describeWith } from '../helpers/needs.ts'
import { words } from '../helpers/words.ts'

const model = 'models/two-moons-seed/model.onnx'
const whole = 'models/two-moons-seed/sampler.onnx'

describeWith('cuda', 'the command line on cuda', () => {
  const folder = mkdtempSync(join(tmpdir(), 'moonstep-cuda-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('doctor finds all that it needs', async () => {
    const { status, stdout } = await moonstep`doctor --provider cuda --json`
    const { providers, cuda } = JSON.parse(stdout)
    expect(status).toBe(0)
    expect(providers.find(({ provider }: { provider: string }) => provider === 'cuda')).toMatchObject({
      available: true,
      reason: null,
      ran: { adapter: expect.stringMatching(/\w/) },
      software: false,
    })
    expect(cuda).toMatchObject({
      driver: { version: expect.stringMatching(/^\d+\./) },
      provider: expect.stringMatching(/libonnxruntime_providers_cuda\.so$/),
    })
    expect(cuda.gpus.length).toBeGreaterThan(0)
  })

  it.each([words`--provider cuda --device-id 0`, ['--provider', 'auto']])(
    'sample %s %s says which GPU drew, and draws what cpu draws',
    async (...options) => {
      for (const file of [model, whole]) {
        const out = join(folder, 'samples.json')
        const { status, stdout } = await moonstep`sample ${file} -n 100 ${options} --out ${out} --json`
        expect(status).toBe(0)
        expect(JSON.parse(stdout)).toMatchObject({
          provider: 'cuda',
          adapter: expect.stringMatching(/\w/),
          tf32: expect.any(Boolean),
          skipped: [],
        })
      }
    },
  )

  it('sample refuses a GPU that there is not, exit 2', async () => {
    const { status, stderr } = await moonstep`sample ${model} --provider cuda --device-id 63`
    expect(status).toBe(2)
    expect(stderr).toMatch(/^moonstep: provider cuda can't run the model on this machine: [^\n]+\n$/)
  })

  it('compare passes without TF32 and with it, each by its own bounds', async () => {
    const { status, stdout } = await moonstep`compare ${model} --providers cpu,cuda --json`
    const { pass, providers } = JSON.parse(stdout)
    expect([status, pass]).toEqual([0, true])
    const cuda = providers.filter(({ provider }: { provider: string }) => provider === 'cuda')
    expect(cuda[0]).toMatchObject({ tf32: false, pass: true })
  })

  it('bench measures it beside cpu', async () => {
    const { status, stdout } = await moonstep(
      ...words`bench ${whole} --providers cpu,cuda --batches 1,10000 --seconds 0.2 --json`,
    )
    expect(status).toBe(0)
    const { providers, overtakes } = JSON.parse(stdout)
    expect(providers.map(({ provider }: { provider: string }) => provider)).toEqual(['cpu', 'cuda'])
    expect(overtakes).toMatchObject([
      { provider: 'cuda', batch: expect.toSatisfy((x) => x === null || x > 0) },
    ])
  })
})
