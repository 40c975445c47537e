import { mean } from '../../src/measure/statistics.ts'
import { type MeasureRows, seedsOf } from '../group.ts'
import { figure, type Goal, max, min, missingRow, type Row } from '../row.ts'
import { type Answers, answersOf, contender, type Goals, type Summary } from './contender.ts'
import {
  countRows,
  drawRows,
  fitPeer,
  type Model,
  modelOf,
  type Peer,
  peerTitles,
  singleCandidates,
  trainingRows,
  train as trainModel,
} from './models.ts'

interface Task {
  readonly seeds: number
  readonly by: Summary
  readonly goals: Goals
  /** The peers, with a number of seeds each: slow ones get one. */
  readonly peers: Readonly<Partial<Record<Peer, number>>>
  /** How many times as fast as a peer's fitting our whole training should be. */
  readonly speeds?: Readonly<Partial<Record<Peer, Goal>>>
}

/** A whole table: as many samples as training rows, judged by held-out rows. */
const whole =
  (table: string, { seeds, by, goals, peers, speeds = {} }: Task): MeasureRows =>
  async (setting) => {
    const train = await trainingRows(setting, table)
    const judge = (file: string) => setting.pool.judge({ task: 'closeness.judge', name: table, file })
    const real = await answersOf([0], () => judge('real'))
    const drawn = async ({ model, seconds }: Model, seed: number) => ({
      ...(await judge(drawRows(setting, model, countRows(train), seed))),
      seconds,
    })
    const ours = await answersOf(seedsOf(setting, seeds), async (seed) =>
      drawn(await modelOf(setting, table, seed), seed),
    )
    const single = await answersOf([0], (seed) =>
      drawn(trainModel(setting, `${table}-single`, train, seed, ...singleCandidates.options), seed),
    )
    const rows = contender('real rows: the training rows', real, {}, by)
    rows.push(...contender('Moonstep', ours, goals, by))
    rows.push(...contender(singleCandidates.title, single, {}, by))
    for (const [peer, count] of Object.entries(peers) as [Peer, number][]) {
      const theirs = await answersOf(seedsOf(setting, count), async (seed) => {
        const { files, cost } = await fitPeer(setting, { peer, table, train, seed })
        return { ...(await judge(files[0]!)), ...cost }
      })
      rows.push(...contender(peerTitles[peer], theirs, {}, by))
      if (speeds[peer])
        rows.push(speedRow(`training: times as fast as ${peerTitles[peer]}`, ours, theirs, speeds[peer]))
    }
    return rows
  }

/** Our whole process, including reading and writing, against the peer's fitting alone. */
function speedRow(what: string, ours: Answers, theirs: Answers, goal: Goal): Row {
  if ('missing' in ours) return missingRow(what, ours.missing)
  if ('missing' in theirs) return missingRow(what, theirs.missing)
  const ratios = ours.map(({ seconds }) => theirs[0]!.seconds! / seconds!)
  return { ...figure(what, mean(ratios), '', goal), seeds: ratios }
}

export const wholeTables: Readonly<Record<string, MeasureRows>> = {
  adult: whole('adult', {
    seeds: 3,
    by: 'mean',
    goals: {
      c2st: max(0.55, 0.53),
      shapes: min(0.98, 0.987),
      trends: min(0.958, 0.97),
      tstr: min(0.903, 0.91),
    },
    peers: { tvae: 1, ctgan: 1, copula: 3, argn: 1 },
    speeds: { tvae: min(2.5, 4), ctgan: min(10, 18) },
  }),
  shoppers: whole('shoppers', {
    seeds: 3,
    by: 'mean',
    goals: {
      c2st: max(0.58, 0.56),
      shapes: min(0.975, 0.98),
      trends: min(0.97, 0.975),
      tstr: min(0.916, 0.92),
    },
    peers: { tvae: 1, ctgan: 1, copula: 3, argn: 1 },
  }),
  titanic: whole('titanic', {
    seeds: 5,
    by: 'median',
    goals: { c2st: max(0.57, 0.55), tstr: min(0.79, 0.82), membership: max(0.555, 0.53) },
    peers: { tvae: 5, ctgan: 5, copula: 5, argn: 1 },
  }),
}
