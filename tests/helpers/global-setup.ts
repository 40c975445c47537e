import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { findMissing } from './needs.ts'

export default function setup(project: TestProject): () => void {
  const missing = findMissing()
  project.provide('missing', missing)
  for (const reason of Object.values(missing)) process.stderr.write(`some tests will be skipped: ${reason}\n`)
  const fixtures = mkdtempSync(join(tmpdir(), 'moonstep-fixtures-'))
  project.provide('fixtures', fixtures)
  return () => rmSync(fixtures, { recursive: true, force: true })
}
