import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus, totalmem, type } from 'node:os'
import { findChromium } from '../src/infer/providers/chromium/browser.ts'

/** The machine and the versions of what was measured, by label; nothing that identifies the owner. */
export function machine(python: Readonly<Record<string, string>>): Record<string, string> {
  const all = cpus()
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : ''
  const chromium = findChromium()
  const version = chromium && spawnSync(chromium, ['--version'], { encoding: 'utf8' }).stdout
  return {
    processor: `${all[0]?.model.trim() ?? 'unknown'}, ${all.length} cores`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: /^PRETTY_NAME="?([^"\n]*)/m.exec(release)?.[1] ?? type(),
    Node: process.versions.node,
    'onnxruntime-node': createRequire(import.meta.url)('onnxruntime-node/package.json').version,
    Chromium: /[\d.]+/.exec(version || '')?.[0] ?? 'missing',
    ...python,
  }
}
