import { spawn, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { command } from '../helpers/cli.ts'
import { words } from '../helpers/words.ts'

const built = new URL('../../dist/index.js', import.meta.url).href
const model = fileURLToPath(new URL('../../models/two-moons-seed/sampler.onnx', import.meta.url))

interface Ended {
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
  readonly stderr: string
}

/** Runs a program; `during` may end it meanwhile. */
function ended(
  [program, ...args]: string[],
  during: (child: ReturnType<typeof spawn>) => void = () => {},
): Promise<Ended> {
  const child = spawn(program!, args)
  let stderr = ''
  child.stderr.on('data', (text) => {
    stderr += text
  })
  during(child)
  return new Promise((resolve) => child.on('close', (status, signal) => resolve({ status, signal, stderr })))
}

/** A script that samples on two workers and runs `end` while they do, from a tenth of a second after loading on. */
const script = (end: string, before = '') => [
  process.execPath,
  '--input-type=module',
  '-e',
  `import { loadModel, sample } from ${JSON.stringify(built)}
  ${before}
  const model = await loadModel(${JSON.stringify(model)}, { threads: 2 })
  sample(model, { count: 400_000 }).catch(() => {})
  setTimeout(() => { ${end} }, 60 + 90 * Math.sqrt(Number(process.pid % 50) / 50))`,
]

/** If one end in four aborted, eight tries would all miss it once in ten runs of a test (0.75 to the 8th). */
const tries = 8

/** What came of the tries, two at a time. */
async function outcomes(attempt: () => Promise<Ended>): Promise<string[]> {
  const all: string[] = []
  const one = async () => {
    for (let i = 0; i < tries / 2; i++) {
      const { status, signal, stderr } = await attempt()
      all.push(
        `${status} ${signal} ${stderr.split('\n').find((line) => /^\w*Error|terminate|abort/i.test(line)) ?? ''}`.trim(),
      )
    }
  }
  await Promise.all([one(), one()])
  return [...new Set(all)]
}

describe('a process whose workers are sampling ends with the right status, never with a native abort, at', () => {
  it('a reader that closes the pipe', async () => {
    const [program, ...args] = command(...words`sample ${model} -n 300000 --threads 2 --quiet`)
    const piped = ['bash', '-o', 'pipefail', '-c', '"$0" "$@" | head -1 >/dev/null', program!, ...args]
    expect(await outcomes(() => ended(piped))).toEqual(['0 null'])
  })

  it('a call of process.exit', async () => {
    expect(await outcomes(() => ended(script('process.exit(5)')))).toEqual(['5 null'])
  })

  it('an error that nobody catches', async () => {
    expect(await outcomes(() => ended(script('throw new RangeError("mine")')))).toEqual([
      '1 null RangeError: mine',
    ])
  })

  it('a SIGTERM that the program handles', async () => {
    const handled = script(
      "process.kill(process.pid, 'SIGTERM')",
      "process.on('SIGTERM', () => process.exit(9))",
    )
    expect(await outcomes(() => ended(handled))).toEqual(['9 null'])
  })

  it('threads that help to train', async () => {
    const training = [
      process.execPath,
      '--input-type=module',
      '-e',
      `import { train } from ${JSON.stringify(built)}
      train({ dataset: 'two-moons', engine: 'onnx', threads: 3, recipe: 'post', steps: 100_000 })
      setTimeout(() => process.exit(6), 100 + (process.pid % 50) * 6)`,
    ]
    expect(await outcomes(() => ended(training))).toEqual(['6 null'])
  })
})

it.skipIf(process.platform === 'win32')(
  'the command that is built is a program, as npx takes it in a clone',
  () => {
    const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
    const { status, error } = spawnSync(program, ['--version'])
    expect([status, error]).toEqual([0, undefined])
  },
)
