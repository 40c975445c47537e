/**
 * Compiles src/core/noise/assembly into the TypeScript file that ships it: `npm run build:noise`, or with another file's
 * name to write to.
 */
import { writeFileSync } from 'node:fs'
import asc from 'assemblyscript/asc'

const source = 'src/core/noise/assembly/index.ts'
const [target = 'src/core/noise/module.ts'] = process.argv.slice(2)
const options = '--runtime stub -O3 --noAssert --enable simd --initialMemory 1'

let bytes
const writeFile = (_, contents) => {
  bytes = contents
}
const { error, stderr } = await asc.main([source, '-o', 'noise.wasm', ...options.split(' ')], { writeFile })
if (error) throw new Error(`${source} doesn't compile: ${stderr}`)
const base64 = Buffer.from(bytes).toString('base64')
writeFileSync(
  target,
  `/** Made by \`npm run build:noise\` from assembly/. */\nexport const moduleBase64 =\n  '${base64}'\n`,
)
