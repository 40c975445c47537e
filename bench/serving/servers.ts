import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Missing } from '../worker.ts'

const main = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url))

/** A server of one model to measure. */
export interface MeasuredServer {
  /** The URL to request rows from. */
  readonly infer: string
  readonly metrics: string
  end(): Promise<void>
}

/** `moonstep serve` in a separate process, as users run it, but without a log of requests. */
export async function startOurs(file: string, model: string): Promise<MeasuredServer> {
  const child = spawn(
    process.execPath,
    [main, 'serve', file, '--port', '0', '--json', '--quiet', '--grace', '0'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  const { url } = JSON.parse(line as string)
  return { infer: `${url}/v2/models/${model}/infer`, metrics: `${url}/metrics`, end: () => ended(child) }
}

const venv = 'build/serving-venv'
const packages = ['fastapi', 'uvicorn[standard]', 'orjson', 'onnxruntime', 'numpy']

/** FastAPI, uvicorn and Python's onnxruntime on a seeded.onnx. Throws Missing if pip can't install them. */
export async function startPeer(
  file: string,
  port: number,
  log: (line: string) => void,
): Promise<MeasuredServer> {
  const child = spawn(pythonWithServer(log), ['bench/peers/serve.py', file, String(port)], {
    stdio: ['ignore', 'inherit', 'ignore'],
  })
  const url = `http://127.0.0.1:${port}`
  for (let tries = 0; tries < 300; tries++) {
    if (
      await fetch(`${url}/docs`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return { infer: `${url}/v2/models/model/infer`, metrics: '', end: () => ended(child) }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  child.kill()
  throw new Missing('FastAPI does not start')
}

/** A Python with the peer's libraries: the project's own environment, or one made for them. */
export function pythonWithServer(log: (line: string) => void): string {
  const code = 'import fastapi, numpy, onnxruntime, orjson, uvicorn, uvloop, httptools'
  const programs = ['.venv/bin/python', `${venv}/bin/python`]
  const has = (program: string) => existsSync(program) && spawnSync(program, ['-c', code]).status === 0
  const found = programs.find(has)
  if (found) return found
  log(`making ${venv} with ${packages.join(', ')}`)
  spawnSync('python3', ['-m', 'venv', '--clear', venv])
  const program = programs[1]!
  spawnSync(program, ['-m', 'pip', 'install', '--quiet', '--no-input', ...packages])
  if (!has(program)) throw new Missing('pip cannot install FastAPI')
  return program
}

async function ended(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit')
  child.kill('SIGINT')
  await exit
}
