import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { cosineAndSine, philox, radius } from '../../src/numerics/noise/plain.ts'
import { folderOf } from '../helpers/folders.ts'

const { folder } = folderOf('wasm')

it('the AssemblyScript sources compile to the committed modules, byte for byte', () => {
  execFileSync(process.execPath, ['scripts/make-wasm.mjs', folder])
  for (const [name, shipped] of [
    ['noise', 'src/numerics/noise/module.ts'],
    ['kernels', 'src/numerics/kernels/module.ts'],
  ] as const)
    expect(readFileSync(join(folder, `${name}.ts`), 'utf8')).toBe(readFileSync(shipped, 'utf8'))
})

it('the WASM kernels give the bits of plain TypeScript before rounding to float32', () => {
  const made = join(folder, 'box-muller.wasm')
  const options = `-o ${made} --runtime stub -O3 --enable simd --initialMemory 1`
  execFileSync(process.execPath, [
    'node_modules/assemblyscript/bin/asc.js',
    'tests/scripts/assembly/box-muller.ts',
    ...options.split(' '),
  ])
  const module = new WebAssembly.Module(readFileSync(made))
  const { memory, boxMuller } = new WebAssembly.Instance(module).exports as unknown as {
    readonly memory: WebAssembly.Memory
    readonly boxMuller: (word: number) => void
  }
  const wasm = new Float64Array(memory.buffer, 0, 3)
  const pair = new Float64Array(2)
  const words = new Uint32Array(4)
  let differing = 0
  for (let i = 0; i < 250_000; i++) {
    philox(words, i, 0, 0, 0, 0, 0)
    for (const drawn of words) {
      // the smaller words too, whose logarithms have other exponents
      const word = drawn >>> (i % 32)
      boxMuller(word)
      cosineAndSine(pair, word)
      if (wasm[0] !== radius(word) || wasm[1] !== pair[0] || wasm[2] !== pair[1]) differing++
    }
  }
  expect(differing).toBe(0)
})
