/**
 * Removes what an earlier build made of modules that are gone, which the package would hold, and makes the built command executable, so that
 * `npx moonstep` runs in a clone: npm does so only on install.
 */
import { chmodSync, existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

for (const file of readdirSync('dist', { recursive: true, encoding: 'utf8' })) {
  const [, module] = /^(?!element\/)(.+?)(?:\.d\.ts|\.js)$/.exec(file.replaceAll('\\', '/')) ?? []
  if (module && !existsSync(join('src', `${module}.ts`))) rmSync(join('dist', file))
}
chmodSync('dist/cli/main.js', 0o755)
