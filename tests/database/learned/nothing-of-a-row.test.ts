import { describe, expect, it } from 'vitest'
import { sharedCounts } from '../../../src/database/learned/counts.ts'
import { heldByPlan } from '../../../src/database/learned/held.ts'
import { planTables } from '../../../src/database/learned/plan.ts'
import { learnedRows } from '../../../src/database/learned/rows.ts'
import { planRules } from '../../../src/database/learned/rules.ts'
import { databaseOfRows } from '../../../src/database/memory.ts'
import { keptTables, type Schema } from '../../../src/database/schema.ts'
import { fitTable } from '../../../src/table/encodings/fit.ts'

const many = <T>(count: number, make: (k: number) => T) => Array.from({ length: count }, (_, k) => make(k))
const dayOf = (day: number) => new Date(86_400_000 * day).toISOString().slice(0, 10)

const schema: Schema = {
  format: 1,
  tables: {
    places: { columns: { place: 'category' }, key: ['place'], references: [], keep: true },
    people: {
      columns: { id: 'key', name: 'category', place: 'category', income: 'integer' },
      key: ['id'],
      references: [{ columns: ['place'], table: 'places', optional: false }],
    },
    visits: {
      columns: { visit: 'key', id: 'integer', day: 'date', until: 'date' },
      key: ['visit'],
      references: [{ columns: ['id'], table: 'people', optional: true }],
      order: 'day',
      rules: ["if people.name = 'Ursula' then day >= 1990-01-01"],
    },
  },
}

/** Person 17 has 40 visits, the others five; one place and one name are of one person. */
const people = many(60, (k) => ({
  id: k + 1,
  name: k === 20 ? 'Zebedee' : k === 30 ? 'Ursula' : ['Ann', 'Ben', 'Cy'][k % 3]!,
  place: k === 9 ? 'Rare' : ['North', 'South'][k % 2]!,
  income: 10_007 + 731 * k + ((k * k * 29) % 97),
}))
const visits = people
  .flatMap(({ id }) =>
    many(id === 17 ? 40 : 5, (k) => ({
      id: id as number | null,
      at: 12_000 + 61 * id + 7 * k + (k > 2 ? 3 : 0),
    })),
  )
  .concat([{ id: null, at: 15_000 }])
  .map(({ id, at }, k) => ({ visit: k + 1, id, day: dayOf(at), until: dayOf(at + 1) }))
const rare = { id: 1, at: 10_321 }
visits.push({ visit: 999, id: rare.id, day: dayOf(rare.at), until: dayOf(rare.at + 1) })
const database = await databaseOfRows(
  { places: ['North', 'South', 'Rare', 'Never'].map((place) => ({ place })), people, visits },
  { schema },
)
const plans = planTables(database)

describe('plans of tables', () => {
  it('begin at a day of three rows, and have the mean of the three least steps', () => {
    const { base, minimumGap } = plans.visits!.rowOrder!
    expect(base).not.toBe(rare.at)
    expect(base).toBeGreaterThan(rare.at)
    expect(minimumGap).toBe(7 * 86_400_000)
    const steps = [1, 4, 4, 9].flatMap((step, k) => [
      { visit: 2 * k + 1, id: k + 1, day: dayOf(15_000 + 40 * k), until: null },
      { visit: 2 * k + 2, id: k + 1, day: dayOf(15_000 + 40 * k + step), until: null },
    ])
    return databaseOfRows(
      {
        places: [{ place: 'North' }],
        people: people.slice(0, 4).map((each) => ({ ...each, place: 'North' })),
        visits: steps,
      },
      { schema },
    ).then((few) => expect(planTables(few).visits!.rowOrder!.minimumGap).toBe(3 * 86_400_000))
  })

  it('have no rows without a parent if they are one or two', () => {
    expect(plans.visits!.orphans).toBe(0)
  })

  it('count about how many rows refer to reference data where they are one or two', () => {
    expect(sharedCounts(Float64Array.of(7, 0, 1, 2, 3, 0))).toEqual([7, 0.75, 0.75, 0.75, 3, 0.75])
    expect(sharedCounts(Float64Array.of(9, 0, 2))).toEqual([9, 0, 0])
  })

  it('have of rules the names that three rows have, or that the user states', () => {
    const { checked } = planRules(database, plans, 'visits')
    const names = checked!.columns.find(({ name }) => name === 'people.name')!.categories!
    expect([...new Set(names)].sort()).toEqual(['', 'Ann', 'Ben', 'Cy', 'Ursula'])
    expect(JSON.stringify(checked)).not.toContain('Zebedee')
  })

  it('say what they hold, and which tables are kept', () => {
    const { checked } = planRules(database, plans, 'visits')
    const held = heldByPlan({ ...plans.visits!, rules: checked })
    expect(held).toContainEqual({ columns: ['day'], count: 1, noun: ['least step', 'least steps'] })
    expect(held).toContainEqual({ columns: ['people.name'], count: 4, noun: ['name', 'names'] })
    expect(keptTables(schema)).toEqual(['places'])
  })
})

describe('the rows of a child', () => {
  const { table, context, parentCells } = learnedRows(database, plans, 'visits')
  const cellsOf = (name: string) => table.columns.find((each) => each.name === name)!

  it('have places among the rows of a parent up to the mean of the three largest numbers of rows', () => {
    for (const name of ['place', 'left'])
      expect(Math.max(...cellsOf(name).cells)).toBe(Math.round((40 + 6 + 5) / 3))
  })

  it('are encoded by their parents, each of which counts once', () => {
    const incomes = people.map(({ income }) => income)
    expect(context).toContain('people.income')
    const held = (cells: typeof parentCells) =>
      JSON.stringify(fitTable(table, { context, parentCells: cells }))
    const found = (text: string) => incomes.filter((income) => new RegExp(`\\b${income}\\b`).test(text))
    expect(found(held(undefined)).length).toBeGreaterThan(found(held(parentCells)).length)
    expect(found(held(parentCells))).toEqual([])
    expect(parentCells!.get('people.income')!.length).toBe(61)
    expect(held(parentCells)).not.toContain('Zebedee')
  })
})
