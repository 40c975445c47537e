import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Report } from './reader-child.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const count = 3000
const seed = 1

describe('readModel on mutated files', () => {
  let folder: string
  let report: Report

  beforeAll(async () => {
    // within the project, so that the child finds node_modules
    folder = await mkdtemp(`${root}node_modules/.fuzz-`)
    await build({
      configFile: false,
      logLevel: 'error',
      root,
      build: {
        ssr: fileURLToPath(new URL('reader-child.ts', import.meta.url)),
        outDir: folder,
        rolldownOptions: { output: { entryFileNames: 'child.mjs' } },
      },
    })
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [`${folder}/child.mjs`, `${root}models/two-moons-seed`, String(seed), String(count)],
      { timeout: 170_000, maxBuffer: 2 ** 26 },
    )
    report = JSON.parse(stdout)
  }, 180_000)

  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('reads each file or refuses it in one line', () => {
    expect(report.tried).toBe(count)
    expect(report.wrong).toEqual([])
    expect(report.read).toBeGreaterThan(30)
    expect(count - report.read).toBeGreaterThan(count / 2)
  })

  it('takes less than a second for each file, and less than 500 MB of memory', () => {
    expect(report.slowestMs, report.slowest).toBeLessThan(1000)
    expect(report.peakRss).toBeLessThan(500e6)
  })

  it('reads only files that onnxruntime can load and run', () => {
    expect(report.notLoaded).toEqual([])
    expect(report.crashed).toEqual([])
    expect(report.loaded).toBe(report.passed + report.failed)
  })
})
