/** Lets `npx moonstep` run the command that was built in a clone: npm does so only where it installs the package, tsc never. */
import { chmodSync } from 'node:fs'

chmodSync('dist/cli/main.js', 0o755)
