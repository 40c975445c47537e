import { mkdirSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { train } from '../../src/node/training.ts'
import { canBeResumed, unfinishedRun } from '../../src/node/unfinished.ts'
import { moonstep, refuses, succeeds } from '../helpers/cli.ts'
import { folderOf } from '../helpers/folders.ts'
import { words } from '../helpers/words.ts'

const { at } = folderOf('unfinished')
const small = words`--engine simd --threads 1 --hidden 8`

/** Stops a command as Ctrl-C does, once it has something to resume. */
async function stopped(out: string, ...line: string[]) {
  const running = moonstep(...line)
  await expect.poll(() => canBeResumed(out), { interval: 5, timeout: 60_000 }).toBe(true)
  process.emit('SIGINT', 'SIGINT')
  return running
}

/** Trains a run until its first progress. */
async function beginRun(name: string): Promise<string> {
  const out = at(name)
  const stop = new AbortController()
  const onProgress = () => stop.abort(new Error('stopped'))
  const request = {
    dataset: 'two-moons',
    rows: 50,
    hidden: [8],
    steps: 100_000,
    engine: 'simd',
    threads: 1,
  } as const
  await expect(train({ ...request, out, onProgress, signal: stop.signal })).rejects.toThrow('stopped')
  return out
}

describe('a training that was stopped', () => {
  it('names the command that continues it', async () => {
    const out = at('moons')
    const line = words`train --out ${out} --steps 1000000 --rows 50 ${small}`
    const { status, stderr } = await stopped(out, ...line)
    expect(status).toBe(130)
    expect(stderr).toMatch(new RegExp(`stopped by SIGINT\nnext: moonstep train --out ${out} --resume\n$`))
  })

  it('of several tables names it with their options', async () => {
    const [shop, out] = [at('shop'), at('tables')]
    mkdirSync(shop)
    const lines = (header: string, row: (i: number) => string) =>
      `${header}\n${Array.from({ length: 60 }, (_, i) => row(i + 1)).join('\n')}\n`
    writeFileSync(
      `${shop}/t.csv`,
      lines('id,c', (i) => `${i},x${i % 3}`),
    )
    writeFileSync(
      `${shop}/u.csv`,
      lines('t_id,v', (i) => `${i},${(i * 7) % 13}`),
    )
    const line = words`train --dataset ${shop} --out ${out} --steps 100000 ${small}`
    const { status, stderr } = await stopped(out, ...line, '--force')
    expect(status).toBe(130)
    expect(stderr).toContain(`stopped by SIGINT\nnext: moonstep ${line.join(' ')} --resume\n`)
    for (const command of ['export', 'report'])
      await refuses([command, out], /of which not all are trained: first resume the training/)
  })

  it('suggests nothing where there is nothing to resume', async () => {
    const { stderr } = await moonstep`train --out ${at('none')} --dataset ${at('none.csv')}`
    expect(stderr).not.toContain('next:')
  })
})

describe('a run that was stopped at its first steps', () => {
  it('is exported and distilled with a warning that says how far it came, and how to go on', async () => {
    const run = await beginRun('begun')
    const said = (done: string) =>
      `warning: ${run} was stopped after ${done} of 100,000 steps, so its samples are hardly better than noise: moonstep train --out ${run} --resume completes it\n`
    const { done, steps } = (await unfinishedRun(run))!
    expect(steps).toBe(100_000)
    expect(done).toBeGreaterThan(0)
    const exported = await succeeds`export ${run} --out ${at('m.onnx')}`
    expect(exported.stderr).toContain(said(done.toLocaleString('en')))
    const student = await succeeds`distill ${run} --pairs 20 --steps 2 --out ${at('student')}`
    expect(student.stderr).toContain(said(done.toLocaleString('en')))
  })

  it('warns of nothing once it is whole', async () => {
    await succeeds`train --out ${at('whole')} --steps 5 --rows 50 ${small}`
    const { stderr } = await succeeds`export ${at('whole')} --out ${at('whole.onnx')}`
    expect(stderr).not.toContain('stopped')
    expect(await unfinishedRun('models/two-moons')).toBeUndefined()
  })
})
