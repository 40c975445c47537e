/**
 * Compiles AssemblyScript into the TypeScript files that contain it: `npm run build:wasm`, or with a folder to write
 * noise.ts and kernels.ts to.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import asc from 'assemblyscript/asc'
import { kernelBlocks } from './kernel-blocks.mjs'

const modules = {
  noise: { folder: 'src/numerics/noise', options: '--initialMemory 1' },
  // the caller provides the memory, which threads may share
  kernels: {
    folder: 'src/numerics/kernels',
    options: '--enable threads --importMemory --sharedMemory --initialMemory 1 --maximumMemory 65536',
  },
}
const [out] = process.argv.slice(2)

/**
 * The offset of a module's section, if present: https://webassembly.github.io/spec/core/binary/modules.html#sections
 * @param {Uint8Array} bytes
 * @param {number} section
 */
function startOfSection(bytes, section) {
  for (let at = 8, id; at < bytes.length; ) {
    id = bytes[at++]
    let size = 0
    for (let shift = 0, byte = 128; byte & 128; shift += 7) {
      byte = bytes[at++]
      size |= (byte & 127) << shift
    }
    if (id === section) return at
    at += size
  }
  return undefined
}

/** The offset of the flag that marks a module's only import, a memory, as shared: 3 in place of 1. */
function sharedFlagOf(bytes) {
  let at = startOfSection(bytes, 2) + 1
  // the names of the import's module and field, then its kind
  for (let name = 0; name < 2; name++) at += 1 + bytes[at]
  if (bytes[at] !== 2 || bytes[at + 1] !== 3) throw new Error('the first import is no shared memory')
  return at + 1
}

for (const [name, { folder, options }] of Object.entries(modules)) {
  const source = `${folder}/assembly/index.ts`
  let bytes
  const writeFile = (_, contents) => {
    bytes = contents
  }
  const readFile = (name, base) => {
    if (name.endsWith('kernels/assembly/blocks.ts')) return kernelBlocks
    try {
      return readFileSync(join(base, name), 'utf8')
    } catch {
      return null
    }
  }
  const all = `${source} -o ${name}.wasm --runtime stub -O3 --noAssert --enable simd ${options}`
  const { error, stderr } = await asc.main(all.split(' '), { readFile, writeFile })
  if (error) throw new Error(`${source} doesn't compile: ${stderr}`)
  const isKernels = name === 'kernels'
  if (isKernels && startOfSection(bytes, 11) !== undefined)
    throw new Error(`${source} has static data, which would lie in the caller's memory`)
  const base64 = Buffer.from(bytes).toString('base64')
  writeFileSync(
    out === undefined ? `${folder}/module.ts` : join(out, `${name}.ts`),
    `/** Made by \`npm run build:wasm\` from assembly/. */\nexport const moduleBase64 =\n  '${base64}'\n${
      isKernels
        ? `\n/** The byte that says whether the memory is shared. */\nexport const sharedFlagAt = ${sharedFlagOf(bytes)}\n`
        : ''
    }`,
  )
}
