import { openNetwork } from '../../src/index.ts'
import type { Setting } from '../group.ts'
import { type Measure, timed } from '../pool/protocol.ts'
import { contest } from '../race.ts'
import { max, type Row } from '../row.ts'

const [count, numSteps] = [16, 20]

/** Sampling models/digits beside the same loop in Python's onnxruntime. */
export function digits({ pool, rounds }: Setting): Promise<Row[]> {
  const request = { count, steps: numSteps, repeats: 10 }
  return contest({
    contestants: {
      ours: pool.ours(1, { task: 'digits', ...request }),
      python: pool.peer(1, { task: 'digits.prepare', variant: 'numpy', ...request }),
    },
    lines: [
      [
        `${count} digits in ${numSteps} steps of DDIM`,
        'slowdown',
        'ours',
        'python',
        'the same loop in Python, numpy and onnxruntime',
        max(1.05),
      ],
    ],
    rounds,
    threads: 1,
  })
}

/** Seconds of `sample`, including noise but not loading. */
export async function sampleDigits(
  { repeats }: { readonly repeats: number },
  threads: number,
): Promise<Measure> {
  const network = await openNetwork('models/digits', { threads })
  return timed(async () => {
    for (let k = 0; k < repeats; k++)
      await network.sample({ count, numSteps, seed: k, given: { class_labels: 3 } })
  }, repeats)
}
