import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/** A folder that ends with the tests of a file. */
export function folderOf(name: string) {
  const folder = mkdtempSync(join(tmpdir(), `moonstep-${name}-`))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const at = (...path: string[]) => join(folder, ...path)
  /** Writes a file in it; its path. */
  const written = (file: string, content: string | Uint8Array) => {
    writeFileSync(at(file), content)
    return at(file)
  }
  return { folder, at, written }
}
