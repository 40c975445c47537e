import { existsSync, readFileSync } from 'node:fs'
import { inflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { inputsOf } from '../../src/cli/network.ts'
import { openNetwork } from '../../src/node/network.ts'
import { readNpy, writeNpy } from '../../src/table/formats/npy.ts'
import { refuses, succeeds } from '../helpers/cli.ts'
import { folderOf } from '../helpers/folders.ts'

const { at, written } = folderOf('network-cli')
const digits = 'models/digits'

/** The grey values of a PNG as written here, without its filters. */
function greysOf(path: string) {
  const bytes = readFileSync(path)
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)]
  const length = bytes.readUInt32BE(33)
  const lines = inflateSync(bytes.subarray(41, 41 + length))
  return { width, height, at: (x: number, y: number) => lines[y * (width + 1) + 1 + x]! }
}

describe('sample of a folder with a network of others', () => {
  it('writes the samples of the API as .npy, a row for each label of a list', async () => {
    const { stdout } =
      await succeeds`sample ${digits} --given class_labels=3,7 --num-steps 4 --seed 5 --out ${at('two.npy')} --json`
    const { data, shape } = readNpy(readFileSync(at('two.npy')), 'two.npy')
    await using network = await openNetwork(digits)
    const same = await network.sample({ count: 2, seed: 5, numSteps: 4, given: { class_labels: [3, 7] } })
    expect(data).toEqual(same.data)
    expect(shape).toEqual([2, 1, 8, 8])
    expect(JSON.parse(stdout)).toMatchObject({ out: at('two.npy'), count: 2, shape, provider: 'cpu' })
  })

  it('draws a sheet of pictures, from black to white', async () => {
    const call = `sample ${digits} --given class_labels=3,7 --num-steps 4`
    await succeeds`${call.split(' ')} -n 4 --out ${at('sheet.png')}`
    await succeeds`${call.split(' ')} -n 4 --out ${at('sheet.npy')}`
    const { data } = readNpy(readFileSync(at('sheet.npy')), 'sheet.npy')
    const { width, height, at: grey } = greysOf(at('sheet.png'))
    // two across and two down, of 8 x 8 pixels eight times as large, with gaps
    expect([width, height]).toEqual([2 * 66 + 2, 2 * 66 + 2])
    for (const [i, row, column] of [
      [0, 0, 0],
      [1, 3, 5],
      [2, 7, 7],
      [3, 4, 2],
    ] as const) {
      const [left, top] = [2 + (i % 2) * 66, 2 + Math.floor(i / 2) * 66]
      const value = Math.min(1, Math.max(-1, data[i * 64 + row * 8 + column]!))
      expect(
        Math.abs(grey(left + column * 8 + 4, top + row * 8 + 4) - 127.5 * (value + 1)),
      ).toBeLessThanOrEqual(0.51)
    }
  })

  it('takes tensors from .npy files, another scheduler, and guidance', async () => {
    written('labels.npy', writeNpy(Float32Array.of(1, 2), [2]))
    const scheduler = written(
      'euler.json',
      '{ "_class_name": "EulerDiscreteScheduler", "prediction_type": "v_prediction", "sigma_min": null }',
    )
    const words = [
      '--without',
      'class_labels=10',
      '--guidance',
      '2',
      '--scheduler',
      scheduler,
      '-n',
      '2',
      '--num-steps',
      '3',
    ]
    await succeeds`sample ${digits} --given class_labels=${at('labels.npy')} ${words} --out ${at('tensor.npy')}`
    await succeeds`sample ${digits} --given class_labels=1,2 ${words} --out ${at('list.npy')}`
    expect(readFileSync(at('tensor.npy'))).toEqual(readFileSync(at('list.npy')))
  })

  it('refuses what it does not take, and a model of ours what is for networks', async () => {
    await refuses(['sample', digits], /go to a file: give --out samples.npy, or a .png/)
    await refuses(['sample', digits, '--out', at('x.csv')], /x\.csv.*\.npy.*\.png/)
    await refuses(
      ['sample', digits, '--out', at('x.npy'), '--clip'],
      /--clip is for Moonstep's own models: leave it out/,
    )
    await refuses(
      ['sample', digits, '--out', at('x.npy')],
      /also takes class_labels \[batch\] \(int64\): give it in --given/,
    )
    await refuses(
      ['sample', digits, '--out', at('x.npy'), '--given', 'class_labels'],
      /give an input and its value, such as class_labels=3/,
    )
    await refuses(
      ['sample', 'models/two-moons/model.onnx', '--guidance', '2'],
      /--guidance is for a folder with unet\/model.onnx/,
    )
    expect(existsSync(at('x.npy'))).toBe(false)
  })
})

describe('other commands on such a folder', () => {
  it('export writes a loop, and says that it must be asked for', async () => {
    await succeeds`export ${digits} --loop --num-steps 5 --sampler-out ${at('sampler.onnx')}`
    expect(readFileSync(at('sampler.onnx')).length).toBeGreaterThan(700_000)
    await refuses(['export', digits], /has a network of others, which only --loop exports: give --loop/)
    await refuses(['export', 'models/two-moons', '--loop'], /--loop is for a folder with unet\/model.onnx/)
  })

  it('compare sets providers beside the first, and fails on a difference that is too large', async () => {
    const call = [
      'compare',
      digits,
      '--providers',
      'cpu,wasm',
      '--given',
      'class_labels=3',
      '--num-steps',
      '3',
      '--json',
    ]
    const { stdout } = await succeeds`${call}`
    const { pass, providers } = JSON.parse(stdout)
    expect(pass).toBe(true)
    expect(providers.map(({ provider }: { provider: string }) => provider)).toEqual(['cpu', 'wasm'])
    expect(providers[1].difference).toBeGreaterThan(0)
    expect(providers[1].difference).toBeLessThan(1e-4)
  })

  it('bench measures a call of the network', async () => {
    const { stdout } =
      await succeeds`bench ${digits} --providers cpu --batches 2 --seconds 0.01 --given class_labels=3 --json`
    const { kind, providers } = JSON.parse(stdout)
    expect(kind).toBe('network')
    expect(providers[0].points[0]).toMatchObject({ batch: 2 })
  })
})

it('--given takes inputs of any names', async () => {
  expect(Object.entries(await inputsOf('given', ['__proto__=3', 'constructor=1,2']))).toEqual([
    ['__proto__', 3],
    ['constructor', [1, 2]],
  ])
})
