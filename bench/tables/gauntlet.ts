import { mean, median } from '../../src/measure/statistics.ts'
import { type MeasureRows, type Setting, seedsOf } from '../group.ts'
import { figure, type Goal, max, missingRow, type Row } from '../row.ts'
import { type Answers, answersOf, contender, type Key } from './contender.ts'
import { countRows, drawRows, fitPeer, madeColumns, peerTitles, singleCandidates, train } from './models.ts'

/** Tables of R packages; how they were read and split says bench/data/SOURCES.md. */
interface Gauntlet {
  /** Their folder in bench/data. */
  readonly folder: string
  readonly tables: readonly string[]
  readonly seeds: number
  /** Whether single candidates, and a peer that handles gaps itself, are measured too. */
  readonly withOthers: boolean
  readonly summaries: readonly Summary[]
}

/** A figure over tables: what is combined of each one's mean over the seeds. */
interface Summary {
  readonly what: string
  readonly key: Key
  readonly by: (values: readonly number[]) => number
  /** The fewest held-out rows of a table that counts. */
  readonly least?: number
  readonly goal?: Goal
}

interface Judged {
  readonly table: string
  /** The number of held-out rows. */
  readonly rows: number
  /** By who drew the samples. */
  readonly answers: Readonly<Record<string, Answers>>
}

const ours = 'Moonstep'

/** As many samples as held-out rows; those of the peer are judged by the columns that ours have. */
async function judgeTable(setting: Setting, gauntlet: Gauntlet, table: string): Promise<Judged> {
  const name = `${gauntlet.folder}/${table}`
  const [dataset, held] = [`bench/data/${name}.train.csv.gz`, `bench/data/${name}.hold.csv.gz`]
  const rows = countRows(held)
  const judge = (file: string, made: readonly string[], beside?: string) =>
    setting.pool.judge({ task: 'gauntlet.judge', name, file, made, beside })
  const drawn: string[] = []
  let made: readonly string[] = []
  const trained = (seeds: number, ...options: string[]) =>
    answersOf(seedsOf(setting, seeds), async (seed) => {
      const { run, model, seconds } = train(setting, `${table}-${seed}`, dataset, seed, ...options)
      drawn.push(drawRows(setting, model, rows, seed))
      made = await madeColumns(run)
      return { ...(await judge(drawn.at(-1)!, made)), seconds }
    })
  const answers = { [ours]: await trained(gauntlet.seeds) }
  if (!gauntlet.withOthers) return { table, rows, answers }
  const single = await trained(1, ...singleCandidates.options)
  const argn = await answersOf([0], async (seed) => {
    const { files, cost } = await fitPeer(setting, { peer: 'argn', table, train: dataset, seed, rows })
    return { ...(await judge(files[0]!, made, drawn[0])), ...cost }
  })
  return { table, rows, answers: { ...answers, [singleCandidates.title]: single, [peerTitles.argn]: argn } }
}

/** Missing if any table is. A mean also has its seeds. */
function summarize({ what, key, by, goal }: Summary, tables: readonly Answers[]): Row {
  const measured: number[][] = []
  for (const answers of tables) {
    if ('missing' in answers) return missingRow(what, answers.missing)
    measured.push(answers.map((answer) => answer[key]!))
  }
  const seeds = measured[0]!.map((_, seed) => mean(measured.map((values) => values[seed]!)))
  return { ...figure(what, by(measured.map(mean)), '', goal), ...(by === mean && { seeds }) }
}

/** Tables as they are, with their gaps, dates, texts and keys. */
const run =
  (gauntlet: Gauntlet): MeasureRows =>
  async (setting) => {
    const judged: Judged[] = []
    for (const table of gauntlet.tables) judged.push(await judgeTable(setting, gauntlet, table))
    const over = (summary: Summary, who: string) => {
      const counted = judged.filter(({ rows }) => rows >= (summary.least ?? 0))
      return summarize(
        summary,
        counted.map(({ answers }) => answers[who]!),
      )
    }
    return [
      ...gauntlet.summaries.map((summary) => over(summary, ours)),
      ...Object.keys(judged[0]!.answers)
        .filter((who) => who !== ours)
        .flatMap((who) =>
          gauntlet.summaries.map((summary) => {
            const { goal, ...row } = over(summary, who)
            return { ...row, what: `${who}: ${row.what}` }
          }),
        ),
      ...judged.flatMap(({ table, answers }) =>
        Object.entries(answers).flatMap(([who, each]) => contender(`${table}: ${who}`, each)),
      ),
    ]
  }

const highest = (values: readonly number[]) => Math.max(...values)

const gapsAndMargins: readonly Summary[] = [
  { what: 'gaps off by, worst column of the tables', key: 'gaps', by: highest, goal: max(0.05, 0.03) },
  {
    what: 'margins, times chance: mean of the columns, worst table',
    key: 'margins_mean',
    by: highest,
    goal: max(1.2),
  },
  { what: 'the same, worst column of the tables', key: 'margins_worst', by: highest, goal: max(2.5) },
]

export const gauntlet = run({
  folder: 'gauntlet',
  tables: [
    ...['Computers', 'planes', 'concrete', 'salaries', 'weather'],
    ...['flchain', 'diamonds', 'attrition', 'people'],
  ],
  seeds: 3,
  withOthers: true,
  summaries: [
    { what: 'C2ST less real, mean of the tables', key: 'c2st_excess', by: mean, goal: max(0.1, 0.05) },
    { what: 'the same by a random forest', key: 'forest_excess', by: mean, goal: max(0.1, 0.05) },
    {
      what: 'worst column less real, of tables with 1000 held-out rows or more',
      key: 'column_excess',
      by: highest,
      least: 1000,
      goal: max(0.03, 0.02),
    },
    ...gapsAndMargins,
  ],
})

/** Tables that came after the decisions, none of which has a figure of them. */
export const further = run({
  folder: 'further',
  tables: [
    ...['wage2', 'storms', 'loans_full_schema', 'Teams', 'gss_spending'],
    ...['nycflights', 'mlbbat10', 'HealthInsurance', 'BudgetItaly', 'breaches'],
  ],
  seeds: 1,
  withOthers: false,
  summaries: [
    { what: 'C2ST less real, median of the tables', key: 'c2st_excess', by: median, goal: max(0.08, 0.05) },
    { what: 'the same, worst table', key: 'c2st_excess', by: highest, goal: max(0.25, 0.15) },
    { what: 'random forest less real, median of the tables', key: 'forest_excess', by: median },
    ...gapsAndMargins,
  ],
})
