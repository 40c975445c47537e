/**
 * Makes the figures of README.md and docs/plot.md from the committed models: `npm run docs:figures`. A figure that
 * changes must be looked at; tests/figures/committed.test.ts makes them again.
 */
import { readFileSync } from 'node:fs'
import { writeWhole } from '../dist/core/files.js'
import { makeFigure } from '../dist/figures/make.js'

for (const { file, ...request } of JSON.parse(readFileSync('scripts/figures.json', 'utf8'))) {
  const { content } = await makeFigure({ theme: 'light', ...request }, file)
  await writeWhole(`docs/images/${file}`, content)
  console.log(`docs/images/${file}`)
}
