/**
 * Makes the published types readable for TypeScript before 5.7, whose typed arrays are not generic: the compiler's
 * `Uint8Array<ArrayBufferLike>` and `Uint8Array<ArrayBuffer>` become `Uint8Array`.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

for (const file of readdirSync('dist', { recursive: true, encoding: 'utf8' })) {
  if (!file.endsWith('.d.ts')) continue
  const path = join('dist', file)
  const text = readFileSync(path, 'utf8')
  const plain = text.replaceAll(/\b(\w+Array)<ArrayBuffer(?:Like)?>/g, '$1')
  if (plain !== text) writeFileSync(path, plain)
}
