import { beforeAll, describe, expect, it } from 'vitest'
import { withCounts } from '../../../src/database/learned/counts.ts'
import { planTables } from '../../../src/database/learned/plan.ts'
import { learnedColumns, learnedRows } from '../../../src/database/learned/rows.ts'
import { databaseOfRows } from '../../../src/database/memory.ts'
import type { DatabaseModel } from '../../../src/database/model.ts'
import { toRows } from '../../../src/index.ts'
import { exportDatabase, loadDatabase } from '../../../src/node/databases.ts'
import { trainDatabase } from '../../../src/node/train-databases.ts'
import { uniforms } from '../../../src/numerics/random.ts'
import { careersSchema } from '../../helpers/careers.ts'

const drawn = (seed: number, start: number, dim: number) =>
  uniforms({ seed, stream: 0, step: 0, start, count: 1, dim })

/** The k-th of 30 teams plays for twelve years from 1900 + k: too many rows to be learned one by one. */
const playsIn = (k: number, year: number) => year >= 1900 + k && year < 1912 + k
const teams = Array.from({ length: 30 * 12 }, (_, i) => {
  const k = Math.floor(i / 12)
  return { year: 1900 + k + (i % 12), team: `T${k}`, wins: (7 * k + i) % 40 }
})

/** Players, who leave out every third year of theirs, but not the last. */
const players = Array.from({ length: 150 }, (_, i) => {
  const [a, b] = drawn(1, i, 2)
  const debut = 1900 + Math.floor(33 * a!)
  return { id: i + 1, debut, last: debut + Math.floor(8 * b!) }
})

const seasons = players.flatMap(({ id, debut, last }) => {
  const u = drawn(2, id, 10)
  let team = -1
  return Array.from({ length: last - debut + 1 }, (_, k) => k).flatMap((k) => {
    const year = debut + k
    if (k % 3 === 2 && year !== last) return []
    if (team < 0 || !playsIn(team, year) || u[k]! < 0.1) {
      const some = Array.from({ length: 30 }, (_, each) => each).filter((each) => playsIn(each, year))
      team = some[Math.floor(u[k]! * some.length)]!
    }
    return [{ id, year, team: `T${team}`, games: 10 * (1 + k) + Math.floor(9 * u[1 + k]!) }]
  })
})

const schema = careersSchema({ debut: 'integer', last: 'integer' })
const database = await databaseOfRows({ teams, players, seasons }, { schema })

type Row = Record<string, string | number | boolean | null>

/** The rows of each player, in their order. */
function careersIn(rows: readonly Row[]): Row[][] {
  const careers = new Map<unknown, Row[]>()
  for (const row of rows) careers.set(row.id, [...(careers.get(row.id) ?? []), row])
  return [...careers.values()]
}

describe('careers whose seasons refer to kept teams by year and name', () => {
  let model: DatabaseModel
  let rows: Record<string, Row[]>
  const rowsIn = async (request: Parameters<DatabaseModel['sample']>[0]) =>
    Object.fromEntries(
      [...(await model.sample(request)).tables].map(([name, table]) => [name, toRows(table)]),
    )

  beforeAll(async () => {
    const training = { steps: 150, hidden: [32, 32], candidates: 1, seed: 1, onNote() {}, onWarning() {} }
    const run = await trainDatabase({ dataset: { teams, players, seasons }, schema, ...training })
    model = await loadDatabase(await exportDatabase({ run }))
    rows = await rowsIn({ seed: 2 })
  }, 60_000)

  it('are learned by the name alone, since the order says the year', () => {
    const plans = planTables(database)
    expect(plans.seasons!.references).toEqual(['parent', 'name'])
    const { table, context } = learnedRows(database, plans, 'seasons')
    const learned = table.columns.filter(({ name }) => !context.includes(name))
    expect(learned.map(({ name }) => name)).toEqual(['year', 'games', 'team'])
  })

  it('are counted by how many seasons are beyond the years', () => {
    const plans = planTables(database)
    expect(plans.seasons!.rowOrder).toMatchObject({ isAtBegin: true, isAtEnd: true, fills: true })
    const learned = learnedColumns(database, plans, 'players')
    const [beyond] = learned.filter(({ name }) => name === 'number of seasons beyond debut to last')
    expect(beyond!.cells[0]).toBe(
      seasons.filter(({ id }) => id === 1).length - players[0]!.last + players[0]!.debut - 1,
    )
    const counted = withCounts(schema, plans, 'players', learned)
    const [count] = counted.filter(({ name }) => name === 'number of seasons')
    expect([...count!.cells]).toEqual(
      players.map(({ id }) => seasons.filter((each) => each.id === id).length),
    )
  })

  it('have a team that played in the year, in each season', () => {
    const played = new Set(teams.map(({ year, team }) => `${year} ${team}`))
    expect(rows.seasons!.length).toBeGreaterThan(200)
    expect(rows.seasons!.filter(({ year, team }) => !played.has(`${year} ${team}`))).toEqual([])
  })

  it('begin and end in the years that their players say', () => {
    const byId = new Map(rows.players!.map((player) => [player.id, player]))
    const careers = careersIn(rows.seasons!)
    expect(careers.length).toBeGreaterThan(80)
    for (const career of careers) {
      const { debut, last } = byId.get(career[0]!.id!)!
      expect(career[0]!.year).toBe(debut)
      // one season is the first; more seasons than there are years end where the years do
      if (career.length > 1) expect(career.at(-1)!.year).toBe(last)
      for (const [k, { year }] of career.entries())
        if (k > 0) expect(year).toBeGreaterThan(Number(career[k - 1]!.year))
    }
  })

  it('keep what is given of the order and of the team', async () => {
    const given = {
      players: { debut: { from: 1905, below: 1908 }, last: { from: 1905, below: 1915 } },
      seasons: { team: 'T5', year: { from: 1905, below: 1917 } },
    }
    const { seasons: some } = await rowsIn({ seed: 3, count: { players: 40 }, given })
    expect(some!.length).toBeGreaterThan(40)
    const breaks = ({ year, team }: Row) => team !== 'T5' || Number(year) < 1905 || Number(year) > 1916
    expect(some!.filter(breaks)).toEqual([])
  })
})
