import { mean } from '../../src/measure/statistics.ts'
import { type Setting, seedsOf } from '../group.ts'
import { figure, type Goal, max, missingRow, type Row } from '../row.ts'
import { type Answers, answersOf, contender, type Key } from './contender.ts'
import { countRows, drawRows, fitPeer, peerTitles, train } from './models.ts'

/** Tables of R packages; how they were read and split says bench/data/SOURCES.md. */
const tables = [
  ...['Computers', 'planes', 'concrete', 'salaries', 'weather'],
  ...['flchain', 'diamonds', 'attrition', 'people'],
]
const fileOf = (table: string, part: 'train' | 'hold') => `bench/data/gauntlet/${table}.${part}.csv.gz`

interface Judged {
  readonly table: string
  /** The number of held-out rows. */
  readonly rows: number
  readonly ours: Answers
  readonly theirs: Answers
}

/** As many samples as held-out rows; those of the peer are judged by the columns that ours have. */
async function judgeTable(setting: Setting, table: string): Promise<Judged> {
  const [dataset, rows] = [fileOf(table, 'train'), countRows(fileOf(table, 'hold'))]
  const judge = (file: string, beside?: string) =>
    setting.pool.judge({ task: 'gauntlet.judge', name: table, file, beside })
  const drawn: string[] = []
  const ours = await answersOf(seedsOf(setting, 3), async (seed) => {
    const { model, seconds } = train(setting, `${table}-${seed}`, dataset, seed)
    drawn.push(drawRows(setting, model, rows, seed))
    return { ...(await judge(drawn.at(-1)!)), seconds }
  })
  const theirs = await answersOf([0], async (seed) => {
    const { files, cost } = await fitPeer(setting, { peer: 'argn', table, train: dataset, seed, rows })
    return { ...(await judge(files[0]!, drawn[0])), ...cost }
  })
  return { table, rows, ours, theirs }
}

const highest = (values: readonly number[]) => Math.max(...values)

/** A figure over tables: what is combined of each one's mean over the seeds. */
interface Summary {
  readonly what: string
  readonly key: Key
  readonly by: (values: readonly number[]) => number
  /** The fewest held-out rows of a table that counts. */
  readonly least?: number
  readonly goal: Goal
}

const summaries: readonly Summary[] = [
  { what: 'C2ST less real, mean of the tables', key: 'c2st_excess', by: mean, goal: max(0.1, 0.05) },
  { what: 'the same by a random forest', key: 'forest_excess', by: mean, goal: max(0.1, 0.05) },
  {
    what: 'worst column less real, of tables with 1000 held-out rows or more',
    key: 'column_excess',
    by: highest,
    least: 1000,
    goal: max(0.03, 0.02),
  },
  { what: 'gaps off by, worst column of the tables', key: 'gaps', by: highest, goal: max(0.05, 0.03) },
]

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

/** Tables as they are, with their gaps, dates, texts and keys: Moonstep, and a peer that handles gaps itself. */
export async function gauntlet(setting: Setting): Promise<Row[]> {
  const judged: Judged[] = []
  for (const table of tables) judged.push(await judgeTable(setting, table))
  const over = (summary: Summary, whose: 'ours' | 'theirs') => {
    const counted = judged.filter(({ rows }) => rows >= (summary.least ?? 0))
    return summarize(
      summary,
      counted.map((each) => each[whose]),
    )
  }
  return [
    ...summaries.map((summary) => over(summary, 'ours')),
    ...summaries.map((summary) => {
      const { goal, ...row } = over(summary, 'theirs')
      return { ...row, what: `${peerTitles.argn}: ${row.what}` }
    }),
    ...judged.flatMap(({ table, ours, theirs }) => [
      ...contender(`${table}: Moonstep`, ours),
      ...contender(`${table}: ${peerTitles.argn}`, theirs),
    ]),
  ]
}
