import { word } from '../commands.ts'

/** The commands that make the same models and the same rows of all tables in a terminal, and a report on them. */
export function commandsOfTables({
  name,
  counts,
  seed,
}: {
  readonly name: string
  readonly counts: Readonly<Record<string, number>>
  readonly seed: number
}): string {
  const run = `runs/${name}`
  const rows = Object.entries(counts).map(([table, count]) => `${table}=${count}`)
  return [
    `npx moonstep train --dataset ${word(name)} --schema schema.json --seed 0 --engine simd --out ${word(run)}`,
    `npx moonstep export ${word(run)} --out ${word(`${name}.moonstep`)}`,
    `npx moonstep sample ${word(`${name}.moonstep`)} -n ${word(rows.join(','))} --seed ${seed} --provider simd --out ${word(`${name}-synthetic`)}`,
    `npx moonstep report ${word(run)}`,
  ].join('\n')
}
