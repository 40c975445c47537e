import { readFileSync } from 'node:fs'
import { attempt } from '../execute.ts'
import { peers as peerTitles } from '../peers.ts'
import type { Answer } from '../programs.ts'
import { contenderOf, type Goal, scoresOf } from '../score.ts'
import { type Group, type Setting, seedsOf } from './group.ts'

interface Task {
  readonly table: string
  readonly title: string
  readonly reach: number
  readonly moonshot: number
}

const tasks: readonly Task[] = [
  { table: 'iris', title: 'iris, 120 training rows, 30 held out', reach: 0.34, moonshot: 0.325 },
  { table: 'wine', title: 'wine, 142 training rows, 36 held out', reach: 1.55, moonshot: 1.42 },
]

const splits = 3
const generations = 5

/** Draws files of generations from a generator trained on a file with this many rows. */
type Generator = (train: string, split: number, rows: number) => readonly string[]

/** ForestDiffusion's protocol: a model for each split, with five generations each. Splits replace seeds. */
export const smallGroups: readonly Group[] = tasks.map(({ table, title, reach, moonshot }) => ({
  name: table,
  measure(setting) {
    const { ours, peers } = setting
    const goal: Goal = { what: 'W₁ to held-out rows', key: 'w_test', atLeast: false, reach, moonshot }
    const drawn: Generator = (train, split, rows) => {
      const model = ours.train(`${table}-${split}`, train, split)
      return counted((seed) => ours.sample(model, rows, seed).file)
    }
    const forest: Generator = (train, split, rows) =>
      peers.fit({ peer: 'forest', table, train, rows, seed: split, generations }).files
    const judged = (who: string, generator: Generator) => attempt(() => judge(setting, table, who, generator))
    const own = judged('Moonstep', drawn)
    const { title: forestTitle } = peerTitles.forest
    return {
      name: table,
      title,
      scores: scoresOf(title, [goal], 'mean', own),
      beside: [
        contenderOf(
          'real rows: the training rows',
          'mean',
          judged('real rows', () => ['real']),
        ),
        contenderOf('Moonstep', 'mean', own),
        ...(peers.wanted ? [contenderOf(forestTitle, 'mean', judged(forestTitle, forest))] : []),
      ],
    }
  },
}))

function judge(setting: Setting, table: string, who: string, generator: Generator): Answer[] {
  const { ours, programs, log } = setting
  return seedsOf(setting, splits).map((split) => {
    log(`${table}: ${who}, split ${split}`)
    const train = ours.file(`${table}-split-${split}.csv`)
    programs.run('small.py', ['train', table, split, train])
    const rows = readFileSync(train, 'utf8').trim().split('\n').length - 1
    return programs.ask('small.py', ['judge', table, split, ...generator(train, split, rows)])
  })
}

function counted<T>(make: (index: number) => T): T[] {
  return Array.from({ length: generations }, (_, index) => make(index))
}
