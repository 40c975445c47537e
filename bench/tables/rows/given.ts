import { attempt } from '../execute.ts'
import { contenderOf, type Goal, scoresOf } from '../score.ts'
import { type Group, seedsOf } from './group.ts'

interface Task {
  readonly name: string
  readonly title: string
  readonly given: string
  readonly rows: number
  readonly goals: readonly Goal[]
}

const allHold: Goal = {
  what: 'share that meet the condition',
  key: 'hold',
  atLeast: true,
  reach: 1,
  moonshot: 1,
}

const tasks: readonly Task[] = [
  {
    name: 'adult-given',
    title: 'Adult given income > 50K',
    given: 'income=>50K',
    // more than the held-out rows that meet it, which limit how many are compared
    rows: 2000,
    goals: [{ what: 'C2ST AUC', key: 'c2st', atLeast: false, reach: 0.6, moonshot: 0.55 }, allHold],
  },
  {
    name: 'adult-rare',
    title: 'Adult given native_country = Philippines (0.6 % of rows), 10,000 rows',
    given: 'native_country=Philippines',
    rows: 10_000,
    goals: [
      allHold,
      { what: 'energy ratio', key: 'energy_ratio', atLeast: false, reach: 1.3, moonshot: 1.1 },
      {
        what: 'energy ratio, with the size of a half',
        key: 'energy_ratio_of_halves',
        atLeast: false,
        reach: null,
        moonshot: null,
      },
    ],
  },
]

/** Samples with a condition from the model of whole rows, judged by real rows that meet it. */
export const givenGroups: readonly Group[] = tasks.map(({ name, title, given, rows, goals }) => ({
  name,
  measure(setting) {
    const { ours, programs, log } = setting
    const own = attempt(() =>
      seedsOf(setting, 3).map((seed) => {
        log(`${name}: Moonstep, seed ${seed}`)
        const { file } = ours.sample(ours.modelOf('adult', seed), rows, seed, given)
        return programs.ask('conditions.py', ['adult', file, given])
      }),
    )
    const real = attempt(() => [programs.ask('conditions.py', ['adult', 'real', given])])
    return {
      name,
      title,
      scores: scoresOf(title, goals, 'mean', own),
      beside: [
        contenderOf('real rows: the training rows that meet it', 'mean', real),
        contenderOf('Moonstep', 'mean', own),
      ],
    }
  },
}))
