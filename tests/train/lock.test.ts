import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { distill } from '../../src/distill/distill.ts'
import { whileLocked } from '../../src/node/run-lock.ts'
import { train } from '../../src/node/training.ts'
import { refuses } from '../helpers/cli.ts'
import { folderOf } from '../helpers/folders.ts'
import { expectRejected } from '../helpers/refusals.ts'

const { at } = folderOf('locked')
const small = { dataset: 'two-moons', rows: 50, hidden: [8], steps: 5, engine: 'simd', threads: 1 } as const
const lockIn = (run: string) => join(run, '.training.lock')

/** A folder locked by a process. */
function lockedBy(name: string, process: number, machine = hostname()): string {
  mkdirSync(at(name))
  writeFileSync(lockIn(at(name)), JSON.stringify({ process, machine }))
  return at(name)
}

/** The id of a process that has ended. */
const deadProcess = () => spawnSync(process.execPath, ['-e', '']).pid

describe('a run folder in which a process trains', () => {
  it('refuses a second training of the same process, and the first ends undisturbed', async () => {
    const out = at('twice')
    // in a process that has trained before, 300 steps end between two looks at the lock
    const first = train({ ...small, steps: 10_000, out })
    await expect.poll(() => existsSync(lockIn(out)), { interval: 5 }).toBe(true)
    await expectRejected(
      () => train({ ...small, seed: 1, force: true, out }),
      `${out} is being trained by this process: wait until it ends, or give another \`out\``,
    )
    expect(await first).toMatchObject({ steps: 10_000 })
  })

  it('refuses another thread of the same process, which has the modules anew, until nobody touches the lock', async () => {
    const out = at('threads')
    const anew = '../../src/node/run-lock.ts?thread'
    const thread: typeof import('../../src/node/run-lock.ts') = await import(anew)
    expect(thread.whileLocked).not.toBe(whileLocked)
    await whileLocked(out, async () => {
      await expectRejected(
        () => thread.whileLocked(out, async () => {}),
        `${out} is being trained by this process: wait until it ends, or give another \`out\``,
      )
      expect(existsSync(lockIn(out))).toBe(true)
      // as if the thread had been ended a minute ago
      const before = new Date(Date.now() - 60_000)
      utimesSync(lockIn(out), before, before)
      expect(await thread.whileLocked(out, async () => 'ran', 90)).toBe('ran')
    })
  })

  it('is refused if it is a file', async () => {
    writeFileSync(at('file'), '')
    await expectRejected(
      () => train({ ...small, out: at('file') }),
      `${at('file')} is a file: give a folder as \`out\``,
    )
  })

  it('refuses train, train --resume and distill with exit code 2 while another process trains', async () => {
    const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'])
    try {
      const out = at('others')
      await train({ ...small, out })
      writeFileSync(lockIn(out), JSON.stringify({ process: other.pid, machine: hostname() }))
      const before = readdirSync(out)
      const message = `${out} is being trained by process ${other.pid}: wait until it ends, or give another --out`
      await refuses(['train', '--dataset', 'two-moons', '--steps', '1', '--out', out], message)
      await refuses(['train', '--resume', '--out', out], message)
      await train({ ...small, out: at('teacher') })
      await refuses(['distill', at('teacher'), '--pairs', '10', '--steps', '1', '--out', out], message)
      expect(readdirSync(out)).toEqual(before)
    } finally {
      other.kill()
    }
  })

  it('refuses while a process of another machine touches the lock', async () => {
    const out = lockedBy('shared', 7, 'elsewhere')
    const touching = setInterval(() => utimesSync(lockIn(out), new Date(), new Date()), 20)
    try {
      await expectRejected(
        () => whileLocked(out, async () => {}, 30_000),
        `${out} is being trained by process 7 on elsewhere: wait until it ends, or give another \`out\``,
      )
      expect(existsSync(lockIn(out))).toBe(true)
    } finally {
      clearInterval(touching)
    }
  })

  it('is taken over from another machine, such as a node that crashed, if nobody touches the lock', async () => {
    const out = lockedBy('crashed', process.pid, 'elsewhere')
    expect(await whileLocked(out, async () => readFileSync(lockIn(out), 'utf8'), 90)).toContain(hostname())
    expect(readdirSync(out)).toEqual([])
  })

  it.runIf(existsSync('/proc/self/stat'))(
    'is taken over from a process that ended, and whose parent does not ask how',
    async () => {
      // the shell becomes a program that never waits for the child that it started before; the child ends after that
      const parent = spawn('sh', ['-c', 'cat <&3 & echo $!; exec sleep 60 3<&-'], {
        stdio: ['ignore', 'pipe', 'ignore', 'pipe'],
      })
      try {
        const [id] = await once(parent.stdout!, 'data')
        await expect.poll(() => readFileSync(`/proc/${parent.pid}/comm`, 'utf8')).toBe('sleep\n')
        parent.stdio[3]!.destroy()
        const state = () => readFileSync(`/proc/${Number(id)}/stat`, 'utf8').split(') ')[1]![0]
        await expect.poll(state).toBe('Z')
        const out = lockedBy('defunct', Number(id))
        expect(await whileLocked(out, async () => 'ran')).toBe('ran')
      } finally {
        parent.kill()
      }
    },
  )

  it.runIf(existsSync('/proc/self/stat'))(
    'is taken over from a process whose id another one has now',
    async () => {
      const out = at('reused')
      mkdirSync(out)
      const other = { process: process.ppid, machine: hostname(), started: '1' }
      writeFileSync(lockIn(out), JSON.stringify(other))
      expect(await whileLocked(out, async () => 'ran')).toBe('ran')
    },
  )

  it.each<[string, string]>([
    ['of a process that has ended', JSON.stringify({ process: deadProcess(), machine: hostname() })],
    ['of an earlier process with our id', JSON.stringify({ process: process.pid, machine: hostname() })],
    ['that is empty, of a process that died while it wrote it', ''],
  ])('is taken over if it has a lock %s', async (name, text) => {
    const out = at(name)
    mkdirSync(out)
    writeFileSync(lockIn(out), text)
    await train({ ...small, out })
    expect(readdirSync(out).sort()).toEqual([
      'checkpoint',
      'config.json',
      'history.csv',
      'weights.safetensors',
    ])
  })

  it('has no lock after the training, nor after one that failed or was stopped', async () => {
    const out = at('after')
    await train({ ...small, out })
    expect(existsSync(lockIn(out))).toBe(false)
    await expectRejected(() => train({ ...small, out }), 'already has a run')
    expect(existsSync(lockIn(out))).toBe(false)
    const stop = new AbortController()
    const onProgress = () => stop.abort(new Error('stopped'))
    const stopped = train({ ...small, steps: 100_000, force: true, out, signal: stop.signal, onProgress })
    await expect(stopped).rejects.toThrow('stopped')
    expect(existsSync(lockIn(out))).toBe(false)
    await expectRejected(() => train({ ...small, rows: 1, out: at('new', 'run') }), 'rows')
    expect(existsSync(at('new'))).toBe(false)
    await distill({ run: out, out: at('student'), pairs: 10, steps: 1, engine: 'simd' })
    expect(existsSync(lockIn(at('student')))).toBe(false)
  })
})

it('of many tasks of one process that want a stale lock at once, one runs', async () => {
  const out = lockedBy('raced', deadProcess())
  let running = 0
  let most = 0
  const tasks = Array.from({ length: 20 }, () =>
    whileLocked(out, async () => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setTimeout(resolve, 20))
      running--
    }),
  )
  const results = await Promise.allSettled(tasks)
  expect(most).toBe(1)
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(readdirSync(out)).toEqual([])
})
