import { attempt } from '../execute.ts'
import { type PeerName, peers as peerTitles } from '../peers.ts'
import type { Answer } from '../programs.ts'
import { type Contender, contenderOf, type Goal, type Summary, scoresOf } from '../score.ts'
import { type Group, type Setting, seedsOf } from './group.ts'

interface Task {
  readonly table: string
  readonly title: string
  /** The number of training rows, and of samples per model. */
  readonly rows: number
  readonly seeds: number
  readonly by: Summary
  readonly goals: readonly Goal[]
  /** The peers, with a number of seeds each: slow ones get one. */
  readonly beside: Readonly<Partial<Record<PeerName, number>>>
}

const atMost = (what: string, key: string, reach: number, moonshot: number): Goal => ({
  what,
  key,
  atLeast: false,
  reach,
  moonshot,
})
const atLeast = (...goal: Parameters<typeof atMost>): Goal => ({ ...atMost(...goal), atLeast: true })

const tasks: readonly Task[] = [
  {
    table: 'adult',
    title: 'Adult, 10,000 training rows, 5000 held out',
    rows: 10_000,
    seeds: 3,
    by: 'mean',
    goals: [
      atMost('C2ST AUC', 'c2st', 0.58, 0.54),
      atLeast('shapes', 'shapes', 0.98, 0.987),
      atLeast('trends', 'trends', 0.958, 0.97),
      atLeast('TSTR AUC', 'tstr', 0.895, 0.91),
    ],
    beside: { tvae: 1, ctgan: 1, copula: 3 },
  },
  {
    table: 'shoppers',
    title: 'Online Shoppers, 8000 training rows, 4330 held out',
    rows: 8000,
    seeds: 3,
    by: 'mean',
    goals: [
      atMost('C2ST AUC', 'c2st', 0.61, 0.56),
      atLeast('shapes', 'shapes', 0.975, 0.98),
      atLeast('trends', 'trends', 0.97, 0.975),
      atLeast('TSTR AUC', 'tstr', 0.91, 0.92),
    ],
    beside: { tvae: 1, ctgan: 1, copula: 3 },
  },
  {
    table: 'titanic',
    title: 'Titanic, 900 training rows, 409 held out',
    rows: 900,
    seeds: 5,
    by: 'median',
    goals: [
      atMost('C2ST AUC', 'c2st', 0.6, 0.55),
      atLeast('TSTR AUC', 'tstr', 0.785, 0.82),
      atMost('membership AUC', 'membership', 0.555, 0.53),
    ],
    beside: { tvae: 5, ctgan: 5, copula: 5 },
  },
]

/** Whole tables: as many samples as training rows, judged by held-out rows. */
export const qualityGroups: readonly Group[] = tasks.map((task) => ({
  name: task.table,
  measure(setting) {
    const { table, title, by, goals } = task
    const own = attempt(() => oursOf(task, setting))
    const real = attempt(() => [setting.programs.ask('judge.py', [table, 'real'])])
    return {
      name: table,
      title,
      scores: scoresOf(title, goals, by, own),
      beside: [
        contenderOf('real rows: the training rows', by, real),
        contenderOf('Moonstep', by, own),
        ...peersOf(task, setting),
      ],
    }
  },
}))

function oursOf({ table, rows, seeds }: Task, setting: Setting): Answer[] {
  const { ours, programs, log } = setting
  return seedsOf(setting, seeds).map((seed) => {
    log(`${table}: Moonstep, seed ${seed}`)
    const model = ours.modelOf(table, seed)
    const { file } = ours.sample(model, rows, seed)
    return { ...programs.ask('judge.py', [table, file]), seconds: model.seconds }
  })
}

function peersOf({ table, rows, by, beside }: Task, setting: Setting): Contender[] {
  const { ours, peers, programs, log } = setting
  if (!peers.wanted) return []
  const train = ours.trainingRows(table)
  return (Object.keys(beside) as PeerName[]).map((peer) => {
    const results = attempt(() =>
      seedsOf(setting, beside[peer]!).map((seed) => {
        log(`${table}: ${peerTitles[peer].title}, seed ${seed}`)
        const { files, seconds } = peers.fit({ peer, table, train, rows, seed })
        return { ...programs.ask('judge.py', [table, files[0]!]), seconds }
      }),
    )
    return contenderOf(peerTitles[peer].title, by, results)
  })
}
