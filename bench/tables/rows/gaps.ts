import { attempt, Failed } from '../execute.ts'
import type { Answer, Programs } from '../programs.ts'
import { contenderOf, type Goal, type Section, scoresOf } from '../score.ts'
import { type Group, type Setting, seedsOf } from './group.ts'

const seeds = 3

const irisTitle = 'iris, a fifth of the measurements missing'
const irisGoals: readonly Goal[] = [
  { what: 'error, one draw', key: 'error', atLeast: false, reach: 0.104, moonshot: 0.095 },
  { what: 'error, the median of five', key: 'median_error', atLeast: false, reach: 0.086, moonshot: 0.072 },
]

/** Trains on the table with gaps itself, then fills it. */
export const irisGaps: Group = {
  name: 'iris-gaps',
  measure(setting) {
    const { ours, programs, log } = setting
    const own = attempt(() =>
      seedsOf(setting, seeds).map((seed): Answer => {
        log(`iris-gaps: Moonstep, seed ${seed}`)
        const gaps = makeGaps(setting, 'iris', seed)
        const model = ours.train(`iris-gaps-${seed}`, gaps, seed)
        const judged = (...options: string[]) =>
          judge(programs, 'iris', seed, ours.impute(model, gaps, ...options))
        const [one, median] = [judged(), judged('--draws', '5', '--best')]
        return { error: one.error!, median_error: median.error! }
      }),
    )
    const missForest = attempt(() =>
      seedsOf(setting, seeds).map((seed): Answer => {
        const file = ours.file('missforest.csv')
        programs.run('gaps.py', ['missforest', 'iris', seed, file])
        return { median_error: judge(programs, 'iris', seed, file).error! }
      }),
    )
    return section('iris-gaps', irisTitle, irisGoals, own, [
      contenderOf('Moonstep', 'mean', own),
      contenderOf('MissForest', 'mean', missForest),
    ])
  },
}

const adultTitle = 'Adult, a fifth of the held-out cells missing and imputed'
const adultGoals: readonly Goal[] = [
  { what: 'C2ST AUC against other real rows', key: 'c2st', atLeast: false, reach: 0.52, moonshot: 0.505 },
  { what: 'C2ST AUC against the same rows', key: 'c2st_twins', atLeast: false, reach: null, moonshot: null },
]

/** Fills gaps in rows that the model of whole rows never saw. */
export const adultGaps: Group = {
  name: 'adult-gaps',
  measure(setting) {
    const { ours, programs, log } = setting
    const own = attempt(() =>
      seedsOf(setting, seeds).map((seed) => {
        log(`adult-gaps: Moonstep, seed ${seed}`)
        const gaps = makeGaps(setting, 'adult', seed)
        const full = ours.impute(ours.modelOf('adult', seed), gaps)
        return judge(programs, 'adult', seed, full)
      }),
    )
    return section('adult-gaps', adultTitle, adultGoals, own, [])
  },
}

function makeGaps({ ours, programs }: Setting, table: string, seed: number): string {
  const file = ours.file(`${table}-gaps-${seed}.csv`)
  programs.run('gaps.py', ['make', table, seed, file])
  return file
}

/** Throws Failed if a given cell has changed, or a gap is left. */
function judge(programs: Programs, table: string, seed: number, file: string): Answer {
  const answer = programs.ask('gaps.py', ['judge', table, seed, file])
  if (answer.changed! > 0) throw new Failed(`${answer.changed} cells that were known have changed`)
  if (answer.left! > 0) throw new Failed(`${answer.left} gaps are left`)
  return answer
}

function section(
  name: string,
  title: string,
  goals: readonly Goal[],
  own: Parameters<typeof scoresOf>[3],
  beside: Section['beside'],
): Section {
  return { name, title, scores: scoresOf(title, goals, 'mean', own), beside }
}
