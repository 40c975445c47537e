import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { root, succeeds } from '../../helpers/cli.ts'
import { describeWith, python } from '../../helpers/needs.ts'
import { startBoth, type TestServer } from '../../helpers/server.ts'
import { words } from '../../helpers/words.ts'

const folder = mkdtempSync(join(tmpdir(), 'moonstep-clients-'))
const script = 'tests/serve/running/clients.py'

/** The rows of points and of tables, by the model that draws them. */
const files = {
  'two-moons': join(folder, 'two-moons.npy'),
  penguins: join(folder, 'penguins.parquet'),
  census: join(folder, 'census.parquet'),
}

describeWith('tritonclient', 'clients of the protocol', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startBoth('models')
    for (const [model, file] of Object.entries(files)) {
      const drawn = words`-n 300 --seed 11 --out ${file}`
      await succeeds`sample models/${model}/model.onnx ${drawn}`
    }
  }, 60_000)
  afterAll(async () => {
    await server.end('SIGINT')
    rmSync(folder, { recursive: true })
  })

  // Python takes seconds to load a client: one process asks for all models
  it.each([
    ['triton', ['tritonclient.http', 'tritonclient.grpc', 'tritonclient.http, forty at once']],
    ['kserve', ['kserve REST', 'kserve gRPC']],
  ])(
    'of %s get the rows that the command draws',
    async (client, lines) => {
      const asked = Object.entries(files).map(([model, file]) => `${model}=${file}`)
      const { code, stdout, stderr } = await run([
        script,
        client,
        server.url,
        server.grpc,
        '300',
        '11',
        ...asked,
      ])
      expect(code, stderr).toBe(0)
      for (const model of Object.keys(files))
        for (const line of lines) expect(stdout).toContain(`${model} ${line}`)
    },
    120_000,
  )
})

function run(args: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(python, args, { cwd: root })
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].on('data', (text) => {
      output[name] += text
    })
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...output })))
}
