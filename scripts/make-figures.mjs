/**
 * Makes the figures of README.md and docs/plot.md from the committed models: `npm run docs:figures`. Look at every
 * figure that changes; tests/charts/figures/committed.test.ts makes them again.
 */
import { readFileSync } from 'node:fs'
import { plot } from '../dist/charts/figures/plot.js'
import { writeWhole } from '../dist/core/files.js'

for (const { file, figure, ...options } of JSON.parse(readFileSync('scripts/figures.json', 'utf8'))) {
  const { content } = await plot(figure, { ...options, format: file.endsWith('.gif') ? 'gif' : 'svg' })
  await writeWhole(`docs/images/${file}`, content)
  console.log(`docs/images/${file}`)
}
