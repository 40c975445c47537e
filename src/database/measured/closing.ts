/** What a training of several tables ends with: families are drawn, and compared with those that were kept aside. */
import { InputError } from '../../core/errors.ts'
import type { Work } from '../../core/work.ts'
import type { DetectionLimits } from '../../measure/detection.ts'
import type { TrainingConfig } from '../../model/run-config.ts'
import {
  type Compared,
  comparisonWithin,
  workOfDrawing,
  workOfSteps,
  workOfTrees,
} from '../../train/closing-work.ts'
import type { Database, LinkedTable } from '../database.ts'
import { seedOf } from '../learned/draw-rows.ts'
import { drawEach } from '../learned/draw-tables.ts'
import { type DrawnBy, tableOf } from '../learned/drawn.ts'
import type { DividedDatabase } from '../learned/holdout.ts'
import { parentOf } from '../parent.ts'
import { measuredParts } from './measure-parts.ts'
import { groupCount, isSame, partsOf } from './parts.ts'
import { type DatabaseVerdicts, noDatabaseVerdicts, verdictsOnParts } from './verdicts.ts'

interface ClosingSources {
  /** What the tables are drawn by. */
  readonly by: DrawnBy
  readonly train: Database
  /** The judging rows. */
  readonly holdout: Database
  /** How each model was trained. */
  readonly trainings: ReadonlyMap<string, TrainingConfig>
  /** Given the reason why nothing can be drawn to compare. */
  readonly onWarning: (message: string) => void
}

/** The verdicts where there are too few judging rows to measure any table; undefined if there are enough of one. */
export function verdictsWithoutSamples({ train, holdout }: DividedDatabase): DatabaseVerdicts | undefined {
  if (!holdout) return noDatabaseVerdicts
  const { tables } = partsOf({ samples: holdout, against: holdout, train })
  if (tables.some(({ omitted }) => omitted === undefined)) return undefined
  const open = tables.flatMap(({ name, omitted }) => (omitted?.isOpen ? name : []))
  return verdictsOnParts({ detections: [], attacks: [], open })
}

/** Judges the models of several tables by the rows that were kept aside, with at most about a third of their training's work. */
export async function closingVerdicts(
  { by, train, holdout, trainings, onWarning }: ClosingSources,
  { seed, signal, onProgress }: Work & { readonly seed: number },
): Promise<DatabaseVerdicts> {
  const { limits, counts } = comparisonOf(by, train, holdout, trainings)
  const drawing = {
    counts,
    seed: seedOf(seed, 'verdicts'),
    signal,
    onProgress: ({ table, ...done }: { table: string; done: number; count: number }) =>
      onProgress?.({ stage: `drawing ${table} to compare`, unit: 'rows', ...done }),
  }
  const drawn = await drawEach(by, drawing).catch((error) => {
    // the models are trained, even if a rule can't be satisfied by what they draw
    if (!(error instanceof InputError)) throw error
    onWarning(`no samples could be drawn to compare with real rows: ${error.message}`)
  })
  if (!drawn) return noDatabaseVerdicts
  const tables = [...drawn].map(([name, each]): [string, LinkedTable] => [
    name,
    { ...tableOf(by, name, each), links: each.links.map((links) => links!) },
  ])
  const samples = { schema: by.schema, tables: new Map(tables) }
  const work = { signal, onProgress }
  return verdictsOnParts(await measuredParts({ samples, against: holdout, train }, limits, 0, work))
}

/** The part of the training's work that is planned for: it becomes about a third, by rows drawn one after the other or again, and by attacks. */
const part = 0.15

/** So many times as many parents are drawn as are compared: fewer of them may have children than of the real ones. */
const spare = 1.1

/** How many rows are drawn of each table without a parent, and how they are compared. */
function comparisonOf(
  by: DrawnBy,
  train: Database,
  holdout: Database,
  trainings: ClosingSources['trainings'],
): { readonly counts: Record<string, number>; readonly limits: DetectionLimits } {
  const { schema, plans, models } = by
  const descriptionOf = (name: string) => models.get(name)!.file.description
  const rootOf = (name: string): string => {
    const parent = parentOf(schema, name)?.reference.table
    return parent === undefined ? name : rootOf(parent)
  }
  // a table that is whole has no judging rows: as many of its rows are drawn as there are
  const judging = new Map(
    [...models.keys()].flatMap((name) => {
      const [ofTrain, aside] = [train, holdout].map(({ tables }) => tables.get(name)!)
      return rootOf(name) !== name || isSame(aside!, ofTrain!) ? [] : [[name, aside!.count] as const]
    }),
  )
  const countsOf = ({ rows, sets }: Compared) =>
    new Map(
      [...judging].map(([name, count]) => [
        name,
        Math.min(plans[name]!.rows, Math.ceil(spare * sets * Math.min(rows, count))),
      ]),
    )
  const parts = sizesOf(train, holdout)
  const workOf = (compared: Compared) => {
    const { sets, rounds } = compared
    const counts = countsOf(compared)
    const drawing = [...models.keys()].map((name) => {
      const root = rootOf(name)
      const growth = (counts.get(root) ?? plans[root]!.rows) / plans[root]!.rows
      const groups = plans[name]!.groups?.count ?? 1
      return workOfDrawing(descriptionOf(name), groups * growth * plans[name]!.rows)
    })
    const trees = parts.map(
      ({ rows, columns }) => sets * workOfTrees({ rows: Math.min(rows, compared.rows), columns, rounds }),
    )
    return sum([...drawing, ...trees])
  }
  const training = sum([...trainings].map(([name, config]) => workOfSteps(descriptionOf(name), config)))
  const compared = comparisonWithin(part * training, Math.max(1, ...parts.map(({ rows }) => rows)), workOf)
  const { rows: maxRows, sets: maxRepeats, rounds } = compared
  return { counts: Object.fromEntries(countsOf(compared)), limits: { maxRows, maxRepeats, rounds } }
}

/** The judging rows of each part that is measured, one of each family, and its columns. */
function sizesOf(train: Database, holdout: Database): { readonly rows: number; readonly columns: number }[] {
  const { tables, references } = partsOf({ samples: holdout, against: holdout, train })
  return [
    ...tables
      .filter(({ omitted }) => omitted === undefined)
      .map(({ sources: { against }, groups }) => ({
        rows: groups ? groupCount(groups.against) : against.count,
        columns: against.columns.length,
      })),
    ...references.flatMap(({ isWhole, groups, ofParents, ofChildren }) => {
      const { parents, children } = groups.against
      const [ofParent, ofChild] = [parents, children].map(({ columns }) => columns.length)
      const joined = { rows: groupCount(ofChildren.against), columns: ofParent! + ofChild! }
      // the number of children, and of most columns a mean, the ends, and the first and last
      const summed = { rows: groupCount(ofParents.against), columns: ofParent! + 1 + 5 * ofChild! }
      return isWhole ? [joined, summed] : [joined]
    }),
  ]
}

const sum = (numbers: readonly number[]) => numbers.reduce((all, each) => all + each, 0)
