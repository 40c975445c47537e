import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus, totalmem, type } from 'node:os'
import { findChromium } from '../src/infer/providers/chromium/browser.ts'

/** The machine and the versions of a measurement, by label; nothing that identifies the owner. */
export function machine(peers: Readonly<Record<string, string>>): Record<string, string> {
  const all = cpus()
  const peer = (name: string) => peers[name] ?? 'not measured'
  return {
    processor: `${all[0]?.model.trim() ?? 'unknown'}, ${all.length} cores`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: systemName(),
    Node: process.versions.node,
    'onnxruntime-node': versionOf('onnxruntime-node'),
    Chromium: chromiumVersion(),
    Python: peer('python'),
    PyTorch: peer('torch'),
    "Python's onnxruntime": peer('onnxruntime'),
  }
}

function systemName(): string {
  const file = '/etc/os-release'
  const name = existsSync(file) && /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync(file, 'utf8'))?.[1]
  return name || type()
}

function versionOf(name: string): string {
  const require = createRequire(import.meta.url)
  return (require(`${name}/package.json`) as { version: string }).version
}

function chromiumVersion(): string {
  const path = findChromium()
  const text = path && spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout
  return (text && /[\d.]+/.exec(text)?.[0]) || 'missing'
}
