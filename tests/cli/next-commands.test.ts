import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { figures } from '../../src/charts/figures/index.ts'
import {
  afterComparison,
  afterEvaluation,
  afterExport,
  afterPlot,
  afterSampling,
  afterTraining,
  freeRun,
} from '../../src/cli/next-commands.ts'
import type { Column } from '../../src/table/table.ts'
import { words } from '../helpers/words.ts'
import { parse } from './parse.ts'

const folder = mkdtempSync(join(tmpdir(), 'moonstep-next-'))
const before = process.cwd()
beforeAll(() => {
  process.chdir(folder)
  mkdirSync('runs/moons', { recursive: true })
  writeFileSync('runs/moons/config.json', '{}')
  mkdirSync('runs/pets', { recursive: true })
  writeFileSync('runs/pets/holdout.csv', 'a,b\n1,2\n')
  writeFileSync('people.csv', 'a,b\n1,2\n')
})
afterAll(() => {
  process.chdir(before)
  rmSync(folder, { recursive: true })
})

const builtIn = { dataset: { name: 'two-moons', rows: 10, noiseLevel: 0 }, columns: ['x', 'y'], seed: 0 }
const ofFile = (file: string) => ({
  dataset: { file, rows: 10, sha256: '' },
  columns: ['a', 'b', 'c'],
  seed: 0,
})

const numbers = (count: number) => Array.from({ length: count }, () => ({ kind: 'number' as const }))

describe('the next commands', () => {
  it('after export are of what was written', () => {
    expect(afterExport('r', 'm.onnx', 's.onnx')[0]).toEqual(['sample', 's.onnx', '--out', 'samples.csv'])
    expect(afterExport('r', 'm.onnx', null)[0]).toContain('m.onnx')
  })

  it('after train has a report where rows were set aside', () => {
    expect(afterTraining('runs/moons')).toEqual([['export', 'runs/moons']])
    expect(afterTraining('runs/pets')).toEqual([
      ['export', 'runs/pets'],
      ['report', 'runs/pets'],
    ])
    expect(afterSampling('runs/pets/model.onnx', ofFile('people.csv'), 's.csv')[0]).toEqual([
      'evaluate',
      's.csv',
      '--against',
      'runs/pets/holdout.csv',
      '--model',
      'runs/pets/model.onnx',
    ])
  })

  it('after sample take the data that can be found again', () => {
    expect(afterSampling('m.onnx', builtIn, 's.csv')).toEqual([words`plot samples m.onnx --out samples.svg`])
    expect(afterSampling('m.onnx', ofFile('people.csv'), 's.csv')).toEqual([
      words`evaluate s.csv --against people.csv --model m.onnx`,
      words`plot pairs m.onnx --data people.csv --out pairs.svg`,
    ])
    for (const [card, out] of [
      [ofFile('gone.csv'), 's.csv'],
      [ofFile('people.csv'), undefined],
      [{ dataset: null, columns: ['x', 'y'], seed: null }, 's.csv'],
      [{ ...builtIn, seed: null }, 's.csv'],
    ] as const)
      expect(afterSampling('m.onnx', card, out)).toEqual([['compare', 'm.onnx']])
  })

  it('after a failed compare or evaluate say where to look', () => {
    const given = words`compare m.onnx --providers cpu`
    expect(afterComparison('m.onnx', { pass: false, bisected: false }, given)).toEqual([
      [...given, '--bisect'],
    ])
    expect(afterComparison('m.onnx', { pass: false, bisected: true }, given)).toEqual([])
    const paths = { samples: 's.csv', against: 'd.csv', model: 'm.onnx', columns: numbers(2) }
    const evaluated = words`evaluate s.csv --against d.csv --model m.onnx`
    expect(afterEvaluation(paths, { exceeded: true, idealIsOpen: true }, evaluated)[0]).toEqual([
      ...evaluated,
      '--ideal',
    ])
    expect(afterEvaluation(paths, { exceeded: false, idealIsOpen: true }, evaluated)).toEqual([
      words`plot samples m.onnx --data d.csv --out samples.svg`,
    ])
  })

  it('after evaluate draw what the columns allow', () => {
    const figureOf = (columns: readonly Pick<Column, 'kind'>[]) => {
      const evaluated = { samples: 's.csv', against: 'd.csv', model: 'm.onnx', columns }
      return afterEvaluation(evaluated, { exceeded: false, idealIsOpen: false }, [])[0]![1]
    }
    expect(figureOf(numbers(2))).toBe('samples')
    expect(figureOf(numbers(20))).toBe('pairs')
    // more can't be drawn as pairs, and names not in a plane
    expect(figureOf(numbers(21))).toBe('columns')
    expect(figureOf([...numbers(1), { kind: 'category' }])).toBe('columns')
  })

  it('name a run folder that is free', () => {
    expect(freeRun('moons')).toBe('runs/moons-2')
    expect(freeRun('circles')).toBe('runs/circles')
    expect(afterPlot('dataset', undefined, { data: 'x/people.csv' })).toEqual([
      words`train --dataset x/people.csv --out runs/people`,
    ])
    expect(afterPlot('dataset', undefined, { data: 'x/people.npy' })).toEqual([])
  })

  it('after plot fit a file or a run folder', () => {
    expect(afterPlot('reverse', 'runs/moons', {})).toEqual([['export', 'runs/moons']])
    expect(afterPlot('reverse', 'm.onnx', {})).toEqual([['compare', 'm.onnx']])
    expect(afterPlot('samples', 'm.onnx', {})).toEqual([words`plot reverse m.onnx --out reverse.gif`])
    // which a model of a table may have, and then no reverse process to see
    expect(afterPlot('samples', 'm.onnx', { data: 'd.csv' })).toEqual([
      words`plot columns m.onnx --data d.csv --out columns.svg`,
    ])
  })

  it('are all commands that there are', async () => {
    const all = [
      ...afterExport('r', 'm.onnx', null),
      ...afterSampling('m.onnx', builtIn, undefined),
      ...afterSampling('m.onnx', ofFile('people.csv'), 's.csv'),
      ...afterComparison('m.onnx', { pass: true, bisected: false }, []),
      ...[1, 2, 3].flatMap((dim) =>
        [undefined, 'm.onnx'].flatMap((model) =>
          afterEvaluation(
            { samples: 's.csv', against: 'd.csv', model, columns: numbers(dim) },
            { exceeded: true, idealIsOpen: model !== undefined },
            ['evaluate', 's.csv', '--against', 'd.csv', '--model', 'm.onnx'],
          ),
        ),
      ),
      ...figures.flatMap(({ name }) => afterPlot(name, 'm.onnx', {})),
      ...afterPlot('dataset', undefined, {}),
      ...afterPlot('schedules', undefined, {}),
    ]
    expect(all.length).toBeGreaterThan(20)
    for (const words of all) await parse(words)
  })
})
