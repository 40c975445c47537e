import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { readSafetensors } from '../../../src/model/weights.ts'
import { runFiles } from '../../../src/node/run-folder.ts'
import { command, moonstep, moonstepKilled, succeeds } from '../../helpers/cli.ts'
import { folderOf } from '../../helpers/folders.ts'
import { words } from '../../helpers/words.ts'

const { folder, at } = folderOf('interrupted')

const small = words`--rows 20 --hidden 8 --engine simd`
/** All files below a folder with their bytes. */
const contents = (path: string) =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name)).toString('base64')])
    .sort()
const steps = (run: string) =>
  readFileSync(runFiles(run).history, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => Number(line.split(',')[0]))

/** The step of a run's checkpoint, 0 where there is none yet. */
const savedStep = (run: string) => {
  const file = runFiles(run).checkpoint
  return existsSync(file) ? Number(readSafetensors(readFileSync(file)).metadata.step) : 0
}

describe('a killed run', () => {
  const count = 12_000
  const threads = words`--threads 1`
  // long enough for a checkpoint, which is written every three seconds
  const training = words`--steps ${count} --rows 300 --hidden 64,64 --engine simd ${threads}`

  it('loses the steps since the last checkpoint, and resumes to the bits of an unbroken run', async () => {
    await succeeds`train --out ${at('whole')} ${training}`
    // as soon as there is something to lose, however fast the machine is
    const killed = await moonstepKilled(
      'SIGKILL',
      () => savedStep(at('killed')) > 0 && steps(at('killed')).length > savedStep(at('killed')),
      'train',
      '--out',
      at('killed'),
      ...training,
    )
    expect(killed.status).toBe(null)
    const saved = savedStep(at('killed'))
    expect(saved).toBeGreaterThan(0)
    expect(steps(at('killed')).length).toBeGreaterThan(saved)
    await succeeds`train --out ${at('killed')} --resume ${threads}`
    expect(contents(at('killed'))).toEqual(contents(at('whole')))
    expect(steps(at('killed'))).toEqual(Array.from({ length: count }, (_, i) => i + 1))
  }, 120_000)

  it('can be resumed even before its first checkpoint', async () => {
    const out = at('young')
    await succeeds`train --out ${out} ${training} --steps 30`
    const finished = contents(out)
    await succeeds`train --out ${out} --resume ${threads}`
    expect(contents(out)).toEqual(finished)
  })
})

describe('where a file cannot be written', () => {
  const before = at('before')
  beforeAll(async () => await succeeds`train --out ${before} --steps 5 ${small}`)

  /** The command with files of at most `kilobytes`: a write beyond fails midway, as on a full disk. */
  const limited = (kilobytes: number, ...args: string[]) =>
    spawnSync('bash', ['-c', `ulimit -f ${kilobytes}; exec "$@"`, 'bash', ...command(...args)], {
      encoding: 'utf8',
    })

  it('train --force keeps the existing run', () => {
    cpSync(before, at('forced'), { recursive: true })
    const args = words`train --out ${at('forced')} --force --steps 5 --engine simd`
    const { status, stderr } = limited(4, ...args)
    expect([status, stderr]).toEqual([3, expect.stringMatching(/^moonstep: cannot write [^\n]*\n$/)])
    expect(contents(at('forced'))).toEqual(contents(before))
  })

  it('export keeps both existing models', () => {
    mkdirSync(at('models'))
    for (const name of ['model.onnx', 'sampler.onnx'])
      copyFileSync(`models/two-moons-seed/${name}`, join(at('models'), name))
    const there = contents(at('models'))
    const paths = words`--out ${join(at('models'), 'model.onnx')} --sampler-out ${join(at('models'), 'sampler.onnx')}`
    // model.onnx would fit, sampler.onnx doesn't
    const { status, stderr } = limited(100, 'export', 'models/two-moons-seed', ...paths)
    expect([status, stderr]).toEqual([
      3,
      expect.stringMatching(/^moonstep: cannot write [^\n]*sampler\.onnx[^\n]*\n$/),
    ])
    expect(contents(at('models'))).toEqual(there)
  })

  it('sample keeps the existing file', () => {
    writeFileSync(at('samples.csv'), 'old\n')
    const { status } = limited(4, 'sample', 'models/two-moons-seed/model.onnx', '--out', at('samples.csv'))
    expect([status, readFileSync(at('samples.csv'), 'utf8')]).toEqual([3, 'old\n'])
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it.each([
    ['a file in the place of a folder', () => join(at('samples.csv'), 'run')],
    ['a place where no folder can be made', () => '/proc/moonstep/run'],
  ])('%s is refused in one line, exit 2', async (_, out) => {
    const { status, stderr } = await moonstep`train --out ${out()} --steps 5 ${small}`
    expect([status, stderr]).toEqual([2, expect.stringMatching(/^moonstep: cannot write [^\n]*\n$/)])
  })

  // root writes where permissions say no, so for root a file system is mounted
  const isRoot = process.getuid?.() === 0
  const mount = (options: string) =>
    spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', at('mounted')]).status === 0

  it.runIf(isRoot)(
    'a full disk is reported in one line with exit 3, and a read-only one with exit 2 (needs root: mounts tmpfs)',
    async () => {
      mkdirSync(at('mounted'))
      expect(mount('size=200k')).toBe(true)
      try {
        const out = join(at('mounted'), 'run')
        const big = words`train --out ${out} --steps 5 --engine simd`
        const full = await moonstep(...big)
        expect([full.status, full.stderr]).toEqual([
          3,
          expect.stringMatching(/^moonstep: cannot write [^\n]*ENOSPC[^\n]*\n$/),
        ])
        expect(existsSync(runFiles(out).config)).toBe(false)
        expect(spawnSync('mount', ['-o', 'remount,ro', at('mounted')]).status).toBe(0)
        const readOnly = await moonstep(...big)
        expect([readOnly.status, readOnly.stderr]).toEqual([
          2,
          expect.stringMatching(/read-only: choose another folder\n$/),
        ])
      } finally {
        spawnSync('umount', [at('mounted')])
      }
    },
  )

  it('a folder without permission is reported in one line, exit 2', () => {
    mkdirSync(at('locked'), { mode: 0o500 })
    // what root runs here runs as nobody, whom the folder above must let in
    chmodSync(folder, 0o755)
    const [program, ...args] = command(...words`train --out ${join(at('locked'), 'run')} --steps 5 ${small}`)
    const nobody = isRoot ? { uid: 65534, gid: 65534 } : {}
    const { status, stderr } = spawnSync(program!, args, { encoding: 'utf8', timeout: 60_000, ...nobody })
    expect([status, stderr]).toEqual([
      2,
      expect.stringMatching(/^moonstep: cannot write [^\n]*permission denied[^\n]*\n$/),
    ])
  })
})

it('a run whose loss becomes NaN keeps its checkpoint and ends with exit 2', async () => {
  const out = at('diverged')
  const args = words`--learning-rate 10 --recipe post --steps 500 --engine onnx`
  const { status, stderr } = await moonstep`train --out ${out} ${args}`
  expect([status, stderr]).toEqual([
    2,
    expect.stringMatching(/moonstep: the loss became [^\n]*lower --learning-rate/),
  ])
  expect(existsSync(runFiles(out).checkpoint)).toBe(true)
})
