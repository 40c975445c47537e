/** Makes the built command executable, so that `npx moonstep` runs in a clone: npm does so only on install. */
import { chmodSync } from 'node:fs'

chmodSync('dist/cli/main.js', 0o755)
