import { existsSync, readFileSync } from 'node:fs'
import { writeTogether } from '../src/core/files.ts'
import type { Group, Page } from './group.ts'
import { table, tables } from './markdown.ts'
import type { Row } from './row.ts'

/** What a group measured, when it was last measured. */
export interface Result {
  readonly name: string
  readonly command: string
  /** The machine and the versions of programs. */
  readonly machine: Readonly<Record<string, string>>
  readonly rows: readonly Row[]
}

/** Writes a page with a new result among those of other groups, which docs/PAGE.json keeps. */
export async function writePage(page: Page, group: Group, result: Result): Promise<void> {
  const text = `docs/${page.folder ? `${page.folder}/` : ''}${page.name}.md`
  const json = `docs/${page.name}.json`
  const stored: Result[] = existsSync(json) ? JSON.parse(readFileSync(json, 'utf8')) : []
  const results = page.groups.flatMap(
    ({ name }) => [result, ...stored].find((each) => each.name === name) ?? [],
  )
  await writeTogether([
    [text, withFigures(readFileSync(text, 'utf8'), results, page)],
    [json, `${JSON.stringify(results, null, 2)}\n`],
    ...(group.files?.(result.rows) ?? []),
  ])
}

/** A page with its figures anew: each group's stand between two comments with its name, `machine` has the machine. */
export function withFigures(text: string, results: readonly Result[], page: Page): string {
  const common = commonFacts(results.map(({ machine }) => machine))
  let written = withBlock(text, 'machine', table(['machine', ''], Object.entries(common)))
  for (const { name, command, machine, rows } of results) {
    const others = Object.entries(machine).filter(([fact]) => !(fact in common))
    const differs = others.map(([fact, version]) => `${fact} ${version}`).join(', ')
    const origin = `Measured by \`${command}\`${differs && `, on ${differs}`}.`
    written = withBlock(written, name, `${origin}\n\n${tables(rows, page)}`)
  }
  return written
}

/** What all machines that say it agree on; the rest stands with each group. */
function commonFacts(machines: readonly Result['machine'][]): Record<string, string> {
  const facts = Object.assign({}, ...machines) as Record<string, string>
  const agree = ([fact, version]: [string, string]) =>
    machines.every((each) => each[fact] === undefined || each[fact] === version)
  return Object.fromEntries(Object.entries(facts).filter(agree))
}

/** Replaces what stands between the two comments of a name. */
export function withBlock(text: string, name: string, content: string): string {
  const [begin, end] = [`<!-- measured: ${name} -->`, `<!-- end: ${name} -->`]
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`the page has no place for ${name}: ${begin} and ${end}`)
  return `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`
}
