import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'

it('compiles the noise to the module that is shipped', () => {
  const folder = mkdtempSync(join(tmpdir(), 'moonstep-noise-'))
  try {
    const made = join(folder, 'module.ts')
    execFileSync(process.execPath, ['scripts/make-noise.mjs', made])
    expect(readFileSync(made, 'utf8')).toBe(readFileSync('src/core/noise/module.ts', 'utf8'))
  } finally {
    rmSync(folder, { recursive: true })
  }
})
