import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { command, moonstep, root, succeeds } from '../helpers/cli.ts'
import { describeWith } from '../helpers/needs.ts'
import { words } from '../helpers/words.ts'

const folder = mkdtempSync(join(tmpdir(), 'moonstep-slurm-'))
const at = (...names: string[]) => join(folder, ...names)
const minute = 60_000

const slurm = (...args: string[]) =>
  execFileSync(args[0]!, args.slice(1), {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, SLURM_CONF: at('cluster', 'slurm.conf') },
  })
const cluster = (action: string, ...args: string[]) =>
  slurm('bash', join(root, 'tests/cluster/slurm.sh'), action, at('cluster'), ...args)

const rows = 24_000
const sampling = words`sample ${join(root, 'models/penguins/sampler.onnx')} -n ${String(rows)} --seed 3`
const shards = 4
const trainings = [words`--recipe table --seed 1`, words`--recipe table --seed 2`]
const training = (options: readonly string[], out: string, ...more: string[]) => [
  'train',
  ...words`--dataset ${at('penguins.csv')} --steps 200 --candidates 1 --threads 1 ${options} --out ${out} ${more}`,
]

/** A file of commands, one for each task, as the docs have it; returns the array's number. */
function submit(name: string, lines: readonly string[][]): string {
  writeFileSync(at(name), lines.map((args) => `${command(...args).join(' ')}\n`).join(''))
  return slurm('sbatch', '--parsable', `--array=1-${lines.length}`, 'array.sh', name).trim()
}

/** What is in the queue: the number of each task and the node that it runs on. */
const queue = () =>
  slurm('squeue', '--array', '--noheader', '--format=%F_%K %N %t')
    .split('\n')
    .filter((line) => line !== '')

async function until(what: () => boolean): Promise<void> {
  while (!what()) await sleep(200)
}

/** Node two crashes while `task` runs on it, and comes back once that is noticed; `meanwhile` is done in that time. */
async function crashWhile(task: () => boolean, meanwhile: () => Promise<void>): Promise<void> {
  // a task may end between being seen and the crash: one that is frozen can't
  await until(() => task() && Number(cluster('freeze', 'two')) > 0 && task())
  cluster('crash', 'two')
  await Promise.all([meanwhile(), comeBack()])
}

async function comeBack(): Promise<void> {
  const isDown = () => slurm('sinfo', '--noheader', '--nodes=two', '--format=%T').startsWith('down')
  await until(isDown)
  cluster('boot', 'two')
  await until(() => !isDown())
  // Slurm lets them wait for two minutes, for what if the next node dies too
  for (const job of slurm('squeue', '--array', '--noheader', '--states=PD', '--format=%F_%K').split('\n'))
    if (job !== '') slurm('scontrol', 'update', `JobId=${job}`, 'StartTime=now')
}

describeWith('slurm', 'Slurm of two nodes, one of which crashes', () => {
  beforeAll(() => {
    cpSync(join(root, 'examples/slurm/array.sh'), at('array.sh'))
    cpSync(join(root, 'models/penguins/train.csv'), at('penguins.csv'))
    mkdirSync(at('cluster'))
    cluster('start')
  })
  afterAll(() => {
    cluster('stop')
    rmSync(folder, { recursive: true })
  })

  it(
    'still trains every seed and draws every part, to the bytes of one machine',
    async () => {
      const learning = submit(
        'trainings.txt',
        trainings.map((options, k) => training(options, at(`run-${k}`), '--resume')),
      )
      const runsOnTwo = (array: string) => queue().some((line) => RegExp(`^${array}_\\d+ two R`).test(line))
      await crashWhile(
        () => runsOnTwo(learning) && existsSync(at('run-1', 'config.json')),
        async () => {
          for (const [k, options] of trainings.entries())
            await succeeds(...training(options, at(`alone-${k}`)))
        },
      )
      // both nodes are free then, so that each draws parts
      await until(() => queue().length === 0)
      const of = (k: number) => `${k}/${shards}`
      const drawing = submit(
        'shards.txt',
        Array.from({ length: shards }, (_, k) => [
          ...sampling,
          ...words`--threads 1 --shard ${of(k + 1)} --out ${at('parts')}`,
        ]),
      )
      await crashWhile(
        () => runsOnTwo(drawing),
        async () => {
          await succeeds`${sampling} --threads 1 --out ${at('whole.csv')}`
        },
      )
      await until(() => queue().length === 0)
      // tasks were started again
      const restarts = slurm('bash', '-c', "grep -c 'Requeu' cluster/slurmctld.log || true")
      expect(Number(restarts)).toBeGreaterThanOrEqual(2)

      const { status, stderr, stdout } = await moonstep`shards verify ${at('parts')} --model ${sampling[1]!}`
      expect([status, stdout.trim() || stderr.trim()]).toEqual([
        0,
        `complete: ${shards} of ${shards} parts, 24,000 of 24,000 samples`,
      ])
      const parts = Array.from({ length: shards }, (_, k) =>
        readFileSync(at('parts', `part-0000${k + 1}.csv`), 'utf8'),
      )
      const together = parts.map((text, k) => (k === 0 ? text : text.slice(text.indexOf('\n') + 1))).join('')
      expect(together === readFileSync(at('whole.csv'), 'utf8')).toBe(true)

      for (const k of trainings.keys()) {
        const weights = (run: string) => readFileSync(at(run, 'weights.safetensors'))
        expect(weights(`run-${k}`).equals(weights(`alone-${k}`))).toBe(true)
      }
    },
    8 * minute,
  )
})
