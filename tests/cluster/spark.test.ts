import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, expect, it } from 'vitest'
import { exportModel } from '../../src/node/export.ts'
import { root, succeeds } from '../helpers/cli.ts'
import { folderOf } from '../helpers/folders.ts'
import { describeWith, python } from '../helpers/needs.ts'
import { everyKind } from '../helpers/seeded.ts'
import { untrainedTable } from '../helpers/tables.ts'
import { words } from '../helpers/words.ts'

const { at } = folderOf('spark')

const minute = 60_000
const env = { ...process.env, PATH: `${dirname(python)}:${process.env.PATH}`, SPARK_LOCAL_IP: '127.0.0.1' }
const [rows, seed, ranges] = [24_000, 7, 8]

/** Java compiles its code once and quickly: twice and thoroughly takes longer than these programs run. */
const java = '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC'

const sampling = join(root, 'spark/sample.py')
const argumentsOf = (out: string, options: readonly string[], model = 'seeded.onnx') =>
  words`--model ${at(model)} --out ${at(out)} ${options}`
/** One program on a master; or programs.py, which runs several. Nobody looks at Spark's page. */
const submission = (master: string, program: readonly string[]) => [
  ...words`--master ${master} --driver-memory 512m --driver-java-options ${java} --conf spark.ui.enabled=false`,
  ...words`--conf ${`spark.executor.extraJavaOptions=${java}`}`,
  ...program,
]
const cluster = 'local-cluster[2,1,1024]'
const whole = words`--rows ${String(rows)} --seed ${String(seed)} --ranges ${String(ranges)}`

function submit(...args: string[]) {
  const { status, stdout } = spawnSync('spark-submit', args, { env, encoding: 'utf8' })
  return { status, lines: stdout.trim().split('\n') }
}

/** The program by itself, for what it refuses before it starts Spark. */
function refusal(...args: Parameters<typeof argumentsOf>) {
  const { status, stderr } = spawnSync(python, [sampling, ...argumentsOf(...args)], { env, encoding: 'utf8' })
  return { status, said: stderr }
}

/** The processes that one started, and those that these started, by what they run. */
function below(pid: number, what: string): number[] {
  const { stdout } = spawnSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' })
  const children = stdout.split('\n').filter(Boolean).map(Number)
  const own = children.filter((child) => {
    const { stdout } = spawnSync('ps', ['-o', 'args=', '-p', String(child)], { encoding: 'utf8' })
    return stdout.includes(what)
  })
  return [...own, ...children.flatMap((child) => below(child, what))]
}

async function besideOneMachine(out: string, count: number, sampler: string) {
  const one = words`-n ${String(count)} --seed ${String(seed)} --provider cpu --out ${at('one.parquet')}`
  await succeeds`sample ${at(sampler)} ${one}`
  const args = [join(root, 'tests/cluster/union.py'), at(out), at('one.parquet')]
  return JSON.parse(execFileSync(python, args, { encoding: 'utf8' }))
}

async function until(what: () => boolean, of: ChildProcess): Promise<void> {
  while (!what()) {
    if (of.exitCode !== null) throw new Error(`spark-submit ended with ${of.exitCode}`)
    await sleep(50)
  }
}

describeWith('spark', 'Spark with two executors', () => {
  beforeAll(async () => {
    await exportModel({
      run: join(root, 'models/penguins'),
      samplerOut: at('sampler.onnx'),
      seededOut: at('seeded.onnx'),
    })
    const trained = untrainedTable(everyKind(3000))
    const made = await exportModel({ run: trained, sampler: { onWarning: () => {} }, seeded: true })
    writeFileSync(at('kinds.onnx'), made.seeded!)
    writeFileSync(at('kinds-sampler.onnx'), made.sampler!)
  })

  /** What the program said that drew rows of every kind: the test before that of them runs it, in the Java of another. */
  let ofKinds: readonly string[] = []

  it(
    'writes the rows of one machine, though an executor and then the driver are killed',
    async () => {
      const first = spawn('spark-submit', submission(cluster, [sampling, ...argumentsOf('rows', whole)]), {
        env,
      })
      const pid = first.pid!
      let said = ''
      first.stdout.on('data', (text) => {
        said += text
      })
      // the Python beside an executor draws
      const drawing = () => below(pid, 'pyspark/daemon').length > 0 || below(pid, 'pyspark.daemon').length > 0
      await until(drawing, first)
      await sleep(700)
      const executors = below(pid, 'CoarseGrainedExecutorBackend')
      expect(executors.length).toBe(2)
      process.kill(executors[0]!, 'SIGKILL')
      expect(said).toBe('')
      await until(() => said.includes(`4 of ${ranges} ranges`), first)
      for (const driver of below(pid, 'sample.py')) process.kill(driver, 'SIGKILL')
      first.kill('SIGKILL')
      await once(first, 'exit')
      const left = readdirSync(at('rows')).filter((name) => name.startsWith('range='))
      expect(left.length).toBeGreaterThanOrEqual(4)
      expect(left.length).toBeLessThan(ranges)
      // one of those that are there is cut off
      const [file] = readdirSync(join(at('rows'), left[0]!)).filter((name) => name.endsWith('.parquet'))
      truncateSync(join(at('rows'), left[0]!, file!), 1000)

      const programs = [
        argumentsOf('rows', whole),
        argumentsOf('rows', [...whole, '--seed', '8']),
        argumentsOf('kinds', words`--rows 2500 --seed 7 --ranges 2`, 'kinds.onnx'),
      ].map((each) => JSON.stringify(each))
      const { status, lines } = submit(
        ...submission('local[2]', [join(root, 'tests/cluster/programs.py'), sampling, ...programs]),
      )
      expect(status).toBe(0)
      expect(lines.slice(2, 5)).toEqual([
        `complete: ${rows.toLocaleString('en')} rows of seed 7 in 8 ranges at ${at('rows')}`,
        'exit 0',
        `exit ${at('rows')} has another seed, 7, not 8: give another --out`,
      ])
      ofKinds = lines.slice(5)
      expect(readdirSync(at('rows')).filter((name) => name.startsWith('range='))).toHaveLength(ranges)

      expect(await besideOneMachine('rows', rows, 'sampler.onnx')).toMatchObject({
        rows,
        distinct: rows,
        different: [],
      })
    },
    8 * minute,
  )

  it(
    'has every kind of column in its type',
    async () => {
      expect(ofKinds.slice(1)).toEqual([
        `complete: 2,500 rows of seed 7 in 2 ranges at ${at('kinds')}`,
        'exit 0',
      ])
      expect(await besideOneMachine('kinds', 2500, 'kinds-sampler.onnx')).toEqual({
        rows: 2500,
        distinct: 2500,
        different: [],
        types: {
          index: 'int64 not null',
          seed: 'double not null',
          index_column: 'int64 not null',
          x_0: 'string not null',
          known: 'string not null',
          'moonstep/seed': 'timestamp[us, tz=UTC] not null',
          third: 'double not null',
          large: 'int64 not null',
          level: 'double not null',
          maybe: 'int64',
          which: 'string',
          yes: 'string not null',
          same: 'int64 not null',
          true: 'bool',
          at: 'string',
          on: 'date32[day]',
          id: 'int64 not null',
          range: 'int32',
        },
      })
    },
    4 * minute,
  )

  it.each([
    ['a file that is no model', 'sampler.onnx', ['--rows', '5'], 'sampler.onnx is not a seeded.onnx'],
    ['no file', 'nowhere.onnx', ['--rows', '5'], 'nowhere.onnx is not a seeded.onnx'],
    [
      'more ranges than rows',
      'seeded.onnx',
      words`--rows 5 --ranges 6`,
      '--ranges 6: give from 1 to as many as',
    ],
    ['no rows', 'seeded.onnx', ['--rows', '0'], '--rows must be 1 or more'],
  ])('refuses %s in a line', (_, model, options, line) => {
    const { status, said } = refusal('refused', options, model)
    expect(status).not.toBe(0)
    expect(said).toContain(line)
    expect(said).not.toContain('Traceback')
  })
})
