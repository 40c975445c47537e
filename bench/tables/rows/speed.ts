import { join } from 'node:path'
import { median } from '../../../src/measure/statistics.ts'
import { attempt } from '../execute.ts'
import { threads } from '../ours.ts'
import type { PeerName } from '../peers.ts'
import type { Answer } from '../programs.ts'
import { type Attempted, type Goal, scoresOf } from '../score.ts'
import { type Group, type Setting, seedsOf } from './group.ts'

const trainingTitle = `Training on Adult, 10,000 rows, ${threads} threads`
const rivals: readonly (Goal & { readonly peer: PeerName })[] = [
  { peer: 'tvae', what: 'times as fast as TVAE', key: 'ratio', atLeast: true, reach: 2.5, moonshot: 4 },
  { peer: 'ctgan', what: 'times as fast as CTGAN', key: 'ratio', atLeast: true, reach: 10, moonshot: 18 },
]

/** Our whole process, including reading and writing, against the peer's fitting alone. */
export const trainingSpeed: Group = {
  name: 'training-speed',
  measure(setting) {
    if (!setting.peers.wanted) setting.log('training-speed is measured with --peers alone')
    const measured = setting.peers.wanted ? rivals : []
    const scores = measured.flatMap(({ peer, ...goal }) =>
      scoresOf(trainingTitle, [goal], 'mean', speedups(setting, peer)),
    )
    return { name: 'training-speed', title: trainingTitle, scores, beside: [] }
  },
}

function speedups(setting: Setting, peer: PeerName): Attempted {
  const { ours, peers, log } = setting
  return attempt(() => {
    const task = { peer, table: 'adult', rows: 10_000, seed: 0, train: ours.trainingRows('adult') }
    log(`training-speed: ${peer}`)
    const theirs = peers.fit(task).seconds
    return seedsOf(setting, 3).map((seed) => ({ ratio: theirs / ours.modelOf('adult', seed).seconds }))
  })
}

const count = 100_000
const rounds = 3
const samplingTitle = `Sampling 100,000 Adult rows, ${threads} threads`
const samplingGoals: readonly Goal[] = [
  {
    what: 'times as long as the matrix products alone',
    key: 'ratio',
    atLeast: false,
    reach: 1.5,
    moonshot: 1.2,
  },
  { what: 'seconds', key: 'seconds', atLeast: false, reach: null, moonshot: null },
  { what: 'seconds of the products', key: 'products', atLeast: false, reach: null, moonshot: null },
  { what: 'GFLOP/s of the products', key: 'gflops', atLeast: true, reach: null, moonshot: null },
]

/** The whole process, including start-up and the file, alternating with the products; the median of the rounds. */
export const samplingSpeed: Group = {
  name: 'sampling-speed',
  measure(setting) {
    const measured = attempt(() => [samplingTimes(setting)])
    const scores = scoresOf(samplingTitle, samplingGoals, 'median', measured)
    return { name: 'sampling-speed', title: samplingTitle, scores, beside: [] }
  },
}

function samplingTimes({ ours, programs, log }: Setting): Answer {
  const model = ours.modelOf('adult', 0)
  const weights = join(model.run, 'weights.safetensors')
  const times = { ours: [] as number[], products: [] as number[], gflops: [] as number[] }
  for (let round = 0; round < rounds; round++) {
    log(`sampling-speed: round ${round + 1} of ${rounds}`)
    times.ours.push(ours.sample({ model: model.sampler }, count, round).seconds)
    const options = ['--rows', count, '--threads', threads]
    const products = programs.ask('products.py', [weights, ...options], threads)
    times.products.push(products.seconds!)
    times.gflops.push(products.gflops!)
  }
  const [seconds, products] = [median(times.ours), median(times.products)]
  return { ratio: seconds / products, seconds, products, gflops: median(times.gflops) }
}
