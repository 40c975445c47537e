/**
 * Compiles AssemblyScript into the TypeScript files that ship it: `npm run build:wasm`, or with a folder to write them
 * to, as noise.ts and kernels.ts.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import asc from 'assemblyscript/asc'

const modules = {
  noise: { folder: 'src/core/noise', options: '--initialMemory 1' },
  // the memory is the caller's, and threads may share it
  kernels: {
    folder: 'src/kernels',
    options: '--enable threads --importMemory --sharedMemory --initialMemory 1 --maximumMemory 65536',
  },
}
const [out] = process.argv.slice(2)

for (const [name, { folder, options }] of Object.entries(modules)) {
  const source = `${folder}/assembly/index.ts`
  let bytes
  const writeFile = (_, contents) => {
    bytes = contents
  }
  const all = `${source} -o ${name}.wasm --runtime stub -O3 --noAssert --enable simd ${options}`
  const { error, stderr } = await asc.main(all.split(' '), { writeFile })
  if (error) throw new Error(`${source} doesn't compile: ${stderr}`)
  const base64 = Buffer.from(bytes).toString('base64')
  writeFileSync(
    out === undefined ? `${folder}/module.ts` : join(out, `${name}.ts`),
    `/** Made by \`npm run build:wasm\` from assembly/. */\nexport const moduleBase64 =\n  '${base64}'\n`,
  )
}
