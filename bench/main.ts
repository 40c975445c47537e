/** `npm run bench`: the budgets of time and memory, each measured now. Ends with 1 where one is exceeded. */
import { evaluateRows } from './rows/evaluate.ts'

const rows = evaluateRows()
for (const { what, value, unit, limit } of rows) {
  const verdict = value <= limit ? 'ok' : 'TOO MUCH'
  process.stdout.write(
    `${what.padEnd(40)} ${value.toPrecision(3).padStart(8)} ${unit.padEnd(3)} at most ${limit} ${verdict}\n`,
  )
}
if (!rows.every(({ value, limit }) => value <= limit)) process.exitCode = 1
