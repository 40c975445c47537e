/** Makes the figures of README.md and docs/plot.md from the committed models, with the project's own command: `npm run docs:figures`. */
import { execFileSync } from 'node:child_process'
import { figures } from './figures.mjs'

for (const [file, ...args] of figures)
  execFileSync(process.execPath, ['dist/cli/main.js', 'plot', ...args, '--out', `docs/images/${file}`], {
    stdio: 'inherit',
  })
