import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { pages } from '../../bench/groups.ts'
import { tables } from '../../bench/markdown.ts'
import { type Result, withFigures } from '../../bench/report.ts'
import { figure, max, missingRow } from '../../bench/row.ts'

it.each(pages.map((page) => [page.name, page] as const))(
  'docs/%s.md has the stored figures',
  (name, page) => {
    const text = readFileSync(`docs/${page.folder ? `${page.folder}/` : ''}${name}.md`, 'utf8')
    const results = JSON.parse(readFileSync(`docs/${name}.json`, 'utf8')) as Result[]
    expect(results.map((result) => result.name)).toEqual(page.groups.map((group) => group.name))
    expect(withFigures(text, results, page)).toBe(text)
  },
)

it('says with each group what differs between the machines', () => {
  const text = ['machine', 'a', 'b']
    .map((name) => `<!-- measured: ${name} -->\n<!-- end: ${name} -->`)
    .join('\n')
  const result = (name: string, processor: string): Result => {
    const machine = { processor, system: 'Linux', ...(name === 'b' && { torch: '2' }) }
    return { name, command: `bench ${name}`, machine, rows: [figure('it', 1)] }
  }
  const page = { name: 'page', groups: [] }
  const one = withFigures(text, [result('a', 'X'), result('b', 'X')], page)
  expect(one).toMatch(/\| processor \| X +\|\n\| system +\| Linux \|\n\| torch +\| 2 +\|/)
  expect(one).toContain('Measured by `bench a`.')
  const two = withFigures(text, [result('a', 'X'), result('b', 'Y')], page)
  expect(two).not.toMatch(/\| processor/)
  expect(two).toContain('Measured by `bench a`, on processor X.')
  expect(two).toContain('Measured by `bench b`, on processor Y.')
  expect(() => withFigures('', [result('a', 'X')], page)).toThrow('the page has no place for machine')
})

it('lists rows without empty columns, and puts those of several lines in a grid', () => {
  const rows = [
    { ...figure('c2st', 0.6, '', max(0.55)), line: 'ours', seeds: [0.59, 0.61] },
    { ...figure('share', 0.5), line: 'ours' },
    { ...missingRow('c2st', 'no package'), line: 'theirs' },
  ]
  expect(tables(rows, { decimals: 3 })).toBe(`\
| what | by seed      | result | target           |
| ---- | ------------ | ------ | ---------------- |
| c2st | 0.590, 0.610 | 0.600  | max 0.55: **no** |

|        | c2st                | share |
| ------ | ------------------- | ----- |
| ours   | 0.600               | 0.500 |
| theirs | missing: no package |       |`)
})
