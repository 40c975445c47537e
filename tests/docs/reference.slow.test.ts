import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from './place.ts'

/** The text of each file below a folder, by its path there. */
function filesIn(folder: string): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /\.\w+$/.test(path),
  )
  return Object.fromEntries(paths.sort().map((path) => [path, readFileSync(join(folder, path), 'utf8')]))
}

it('docs/reference is what npm run docs:reference makes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'moonstep-reference-'))
  execFileSync(process.execPath, [join(root, 'scripts/make-reference.mjs'), folder], { cwd: root })
  const made = filesIn(folder)
  expect(Object.keys(made).length).toBeGreaterThanOrEqual(2)
  expect(filesIn(join(root, 'docs/reference'))).toEqual(made)
  rmSync(folder, { recursive: true })
}, 180_000)
