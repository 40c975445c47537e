/** `npm run bench:quality`: writes docs/quality.md, its picture and docs/samplers.md's table, in twenty minutes. */
import { readFileSync, writeFileSync } from 'node:fs'
import { ablation } from './ablation.ts'
import { ablationFigure } from './figure.ts'
import { type Baseline, Workbench } from './measure.ts'
import { report, withMeasuredTable } from './report.ts'
import { studentRows } from './students.ts'
import { reportedDraws, targetRows } from './targets.ts'

const log = (line: string) => process.stderr.write(`${line}\n`)
const bench = new Workbench()
try {
  const rows = [...(await targetRows(bench, log)), ...(await studentRows(bench, log))]
  const baselines: Baseline[] = []
  for (const draw of reportedDraws) baselines.push(await bench.baseline(`default-${draw}-0`, draw))
  const cells = await ablation(bench, log)
  writeFileSync('docs/quality.md', report({ rows, baselines, cells }))
  writeFileSync('docs/samplers.md', withMeasuredTable(readFileSync('docs/samplers.md', 'utf8'), cells))
  writeFileSync('docs/images/quality.svg', ablationFigure(cells))
  const missed = rows.filter(({ median, target }) => target !== undefined && !(median <= target))
  for (const { what, draw, median, target } of missed)
    log(`not reached: ${what}, draw ${draw}: ${median} > ${target}`)
  process.exitCode = missed.length > 0 ? 1 : 0
} finally {
  bench.dispose()
}
