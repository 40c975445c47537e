import { spawn } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
export const TMP = realpathSync(mkdtempSync(join(tmpdir(), 'moonstep-setup-')))
export const NOTHING = join(TMP, 'nothing')
const tfjsNode = join(ROOT, 'node_modules/@tensorflow/tfjs-node')
/** What npm installs of the package; packages of its own only if others need other versions of them. */
const parts = ['package.json', 'binding.gyp', 'binding', 'dist', 'scripts', 'node_modules'].filter((part) =>
  existsSync(join(tfjsNode, part)),
)
mkdirSync(NOTHING)

interface Ended {
  status: number | null
  stdout: string
  stderr: string
  seconds: number
}

/** Starts Node with the given arguments; `env` is laid over this process's. */
export function start(args: string[], env: NodeJS.ProcessEnv = {}) {
  const began = performance.now()
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<Ended>((resolve) => {
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    child.on('close', (status) =>
      resolve({ status, stdout, stderr, seconds: (performance.now() - began) / 1000 }),
    )
  })
  return { child, ended }
}

export const run = (args: string[], env?: NodeJS.ProcessEnv) => start(args, env).ended

/** A folder with our scripts and tfjs-node without its binding, as another project's node_modules would hold them. */
export function project(name: string) {
  const folder = join(TMP, name)
  const modules = join(folder, 'node_modules')
  const scope = join(modules, '@tensorflow')
  const real = join(ROOT, 'node_modules')
  mkdirSync(scope, { recursive: true })
  for (const entry of readdirSync(real)) {
    if (entry !== '@tensorflow') symlinkSync(join(real, entry), join(modules, entry))
  }
  for (const entry of readdirSync(join(real, '@tensorflow'))) {
    if (entry !== 'tfjs-node') symlinkSync(join(real, '@tensorflow', entry), join(scope, entry))
  }
  const packageDir = join(scope, 'tfjs-node')
  for (const part of parts) cpSync(join(tfjsNode, part), join(packageDir, part), { recursive: true })
  cpSync(join(ROOT, 'scripts'), join(folder, 'scripts'), { recursive: true })
  return { folder, packageDir, script: join(folder, 'scripts/tensorflow/main.mjs') }
}

/** An environment with an empty cache, no programs, and the official download at `port` of this machine. */
export function offline(cache: string, port: number) {
  const base = `http://127.0.0.1:${port}/libtensorflow-`
  const none = { HTTP_PROXY: '', HTTPS_PROXY: '', http_proxy: '', https_proxy: '' }
  return { ...none, PATH: NOTHING, XDG_CACHE_HOME: join(TMP, cache), TFJS_NODE_BASE_URI: base }
}

/** A server on this machine that takes connections and never answers. */
export async function blackHole() {
  let open = 0
  let heard = () => {}
  const asked = new Promise<void>((resolve) => {
    heard = resolve
  })
  const server = createServer((socket) => {
    open += 1
    socket.on('data', () => heard()).on('error', () => {})
    socket.on('close', () => {
      open -= 1
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    port: address.port,
    asked,
    open: () => open,
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}

/** The package is as it was published: no binding, not even half a one, and the manifest untouched. */
export function expectPristine(packageDir: string) {
  expect(readdirSync(packageDir).sort()).toEqual([...parts].sort())
  expect(readFileSync(join(packageDir, 'package.json'), 'utf8')).toBe(
    readFileSync(join(ROOT, 'node_modules/@tensorflow/tfjs-node/package.json'), 'utf8'),
  )
}
