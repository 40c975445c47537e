import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.ts'
import { readSafetensors, writeSafetensors } from '../../src/model/weights.ts'
import { type GoldenPredictor, golden, goldenPath, namedWeights } from '../helpers/golden.ts'

const weights = namedWeights(golden<GoldenPredictor>('noise_predictor.json').weights)
const file = new Uint8Array(readFileSync(goldenPath('noise_predictor.safetensors')))

describe('safetensors', () => {
  it("reads PyTorch's file", () => {
    const { tensors } = readSafetensors(file)
    expect(new Map([...tensors].sort())).toEqual(new Map([...weights].sort()))
  })

  it('reads the weights and metadata that it writes, aligned to 8 bytes', () => {
    const written = writeSafetensors(weights, { step: '7' })
    expect(readSafetensors(written)).toEqual({ tensors: weights, metadata: { format: 'pt', step: '7' } })
    expect(new DataView(written.buffer).getBigUint64(0, true) % 8n).toBe(0n)
  })

  it('rounds float64 to float32', () => {
    const header = new TextEncoder().encode('{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}')
    const bytes = new Uint8Array(8 + header.length + 8)
    const view = new DataView(bytes.buffer)
    view.setBigUint64(0, BigInt(header.length), true)
    bytes.set(header, 8)
    view.setFloat64(8 + header.length, 0.1, true)
    expect(readSafetensors(bytes).tensors.get('a')!.data).toEqual(Float32Array.of(0.1))
  })

  it.each([
    ['nothing', new Uint8Array(0)],
    ['random bytes', Uint8Array.from({ length: 200 }, (_, i) => (i * 97) % 251)],
    ['a file cut off', file.slice(0, file.length - 10)],
    ['a header cut off', file.slice(0, 100)],
    ['a header that is no JSON', Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7b)],
    ['a header that is a list', Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0x5b, 0x5d)],
  ])('refuses %s', (_, bytes) => {
    expect(() => readSafetensors(bytes)).toThrow(InputError)
  })
})
