import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeDataset } from '../../../src/table/datasets/index.ts'
import { linearColumns } from '../../../src/table/encodings/scaled.ts'
import { encodeSamples } from '../../../src/table/formats/files.ts'
import { pointsOf, tableOfPoints } from '../../../src/table/table.ts'
import { command, moonstep, moonstepKilled, root, succeeds } from '../../helpers/cli.ts'
import { folderOf } from '../../helpers/folders.ts'
import { words } from '../../helpers/words.ts'

const model = 'models/two-moons-seed/model.onnx'
const { at } = folderOf('process')

const writeMoons = (name: string, rows: number) => {
  const moons = pointsOf(makeDataset({ name: 'two-moons', rows, noiseLevel: 0.05 }, 7))
  writeFileSync(at(name), encodeSamples(name, tableOfPoints(linearColumns({ columns: ['x', 'y'] }), moons)))
}

/** A command for a shell. */
const inShell = (line: readonly string[]) =>
  command(...line)
    .map((word) => `'${word}'`)
    .join(' ')

describe('a signal', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    '%s ends train with its code, and a checkpoint is kept',
    async (signal) => {
      const out = at(`run-${signal}`)
      const args = words`train --out ${out} --engine simd --steps 2000000 --rows 20 --hidden 8`
      const killed = await moonstepKilled(signal, /training: \d/, ...args)
      expect(killed.status).toBe(signal === 'SIGINT' ? 130 : 143)
      expect(existsSync(join(out, 'checkpoint', 'state.safetensors'))).toBe(true)
      expect(readdirSync(out).filter((file) => file.includes('lock'))).toEqual([])
      expect(killed.stderr).toMatch(`stopped by ${signal}\nnext: moonstep train --out ${out} --resume\n`)
      const { status, stderr } = await moonstep`train --out ${out} --resume --steps 5`
      expect([status, stderr]).toEqual([2, expect.stringMatching(/--steps 5: give at least 2000000/)])
    },
  )

  it('SIGINT ends evaluate with its code, and no result is printed', async () => {
    writeMoons('many.npy', 30_000)
    writeMoons('few.csv', 20)
    await succeeds`train --dataset ${at('few.csv')} --out ${at('run')} --steps 1 --hidden 8 --engine simd`
    await succeeds`export ${at('run')} --out ${at('few.onnx')}`
    const files = words`${at('many.npy')} --against ${at('many.npy')} --train ${at('many.npy')}`
    const line = words`evaluate ${files} --model ${at('few.onnx')}`
    // before it measures, it warns that the model was trained on another file
    const { status, stdout, stderr } = await moonstepKilled('SIGINT', /warning/, ...line, '--json')
    expect([status, stderr]).toEqual([130, expect.stringContaining('stopped by SIGINT')])
    expect(JSON.parse(stdout)).toEqual({ error: { code: 'interrupted', message: 'stopped by SIGINT' } })
  })
})

describe('a full disk behind a redirect', () => {
  it.each([[words`sample ${model} -n 100000`], [['info', model]]])('%j reports it in one line', (line) => {
    const { status, stderr } = spawnSync('bash', ['-c', `${inShell(line)} --quiet >/dev/full`], {
      encoding: 'utf8',
      cwd: root,
    })
    expect([status, stderr]).toEqual([
      3,
      'moonstep: cannot write to stdout: ENOSPC: no space left on device, write\n',
    ])
  })
})

it("the time that sample reports includes its reader's", () => {
  // a reader that begins late holds up the writing, not the sampling
  const slow = inShell(words`sample ${model} -n 30000`)
  const { stderr } = spawnSync('bash', ['-c', `${slow} | { sleep 5; cat >/dev/null; }`], {
    encoding: 'utf8',
    cwd: root,
  })
  expect(Number(/in ([\d.]+) s\b/.exec(stderr)?.[1])).toBeGreaterThan(0.5)
})

describe('the parts of sample --shard', () => {
  it('are written once when three processes write them at the same time', async () => {
    const write = () =>
      new Promise<number | null>((resolve) => {
        const line = command(...words`sample ${model} -n 20000 --shard 1/2 --out ${at('both')}`)
        spawn(line[0]!, line.slice(1), { cwd: root, stdio: 'ignore' }).on('close', resolve)
      })
    expect(await Promise.all([write(), write(), write()])).toEqual([0, 0, 0])
    const { problems, parts: sound } = JSON.parse((await moonstep`shards verify ${at('both')} --json`).stdout)
    expect(sound).toBe(1)
    expect(problems).toEqual([expect.stringMatching(/^part-00002 is missing/)])
    expect(readdirSync(at('both')).sort()).toEqual(['part-00001.csv', 'part-00001.json'])
  })

  it('are never half written when a process is killed', async () => {
    const line = words`sample ${model} -n 4000000 --shard 1/2 --out ${at('killed')}`
    const isWriting = () =>
      existsSync(at('killed')) && readdirSync(at('killed')).some((name) => name.endsWith('.tmp'))
    const killed = await moonstepKilled('SIGKILL', isWriting, ...line)
    expect(killed, killed.stderr).toMatchObject({ status: null })
    expect(
      readdirSync(at('killed')).filter((name) => name.startsWith('part-00001.csv') && !name.endsWith('.tmp')),
    ).toEqual([])
    const { status, stderr } = await moonstep`shards verify ${at('killed')}`
    expect([status, stderr]).toEqual([2, expect.stringMatching(/has no part/)])
  })
})

it('evaluate loads onnxruntime neither for the model nor for the ideal denoiser', () => {
  const look = `process.on('exit', () => console.error(process.report.getReport().sharedObjects.filter((file) => /onnxruntime/.test(file)).length))`
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ['--import', `data:text/javascript,${look}`, ...command(...args).slice(1)], {
      encoding: 'utf8',
    }).stderr.trim()
  writeMoons('moons.csv', 50)
  const evaluated = words`evaluate ${at('moons.csv')} --against ${at('moons.csv')} --model ${model} --ideal`
  expect(run(...evaluated, '--quiet')).toBe('0')
  expect(run('sample', model, '-n', '1')).toMatch(/\n[1-9]\d*$/)
})
