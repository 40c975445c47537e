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

describeWith('tritonclient', 'clients of the protocol', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startBoth('models')
  }, 60_000)
  afterAll(async () => {
    await server.end('SIGINT')
    rmSync(folder, { recursive: true })
  })

  it.each([
    ['two-moons', 'npy'],
    ['penguins', 'parquet'],
    ['census', 'parquet'],
  ])(
    'get the rows of %s that the command draws',
    async (model, form) => {
      const file = join(folder, `${model}.${form}`)
      const drawn = words`-n 300 --seed 11 --out ${file}`
      await succeeds`sample models/${model}/model.onnx ${drawn}`
      const asked = [server.url, server.grpc, model, '300', '11', file]
      for (const [client, lines] of [
        ['triton', ['tritonclient.http', 'tritonclient.grpc', 'forty at once']],
        ['kserve', ['kserve REST', 'kserve gRPC']],
      ] as const) {
        const { code, stdout, stderr } = await run(['tests/serve/running/clients.py', client, ...asked])
        expect(code, stderr).toBe(0)
        for (const line of lines) expect(stdout).toContain(line)
      }
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
