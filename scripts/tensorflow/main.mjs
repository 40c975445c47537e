// node scripts/tensorflow/main.mjs [--limit SECONDS] [--clean]: installs @tensorflow/tfjs-node's native binding.
import { parseArgs } from 'node:util'
import { clear } from './binding.mjs'
import { sweep } from './cache.mjs'
import { installTensorflow } from './install.mjs'
import { InstallError } from './install-error.mjs'
import { ensurePackage, findPackage } from './package.mjs'

/**
 * The command line, which also installs the package if it is missing. `--clean` removes the binding and what killed runs
 * left behind; the finished cache entry stays.
 */
const main = async () => {
  const { values } = parseArgs({ options: { clean: { type: 'boolean' }, limit: { type: 'string' } } })
  const seconds = Number(values.limit ?? 20)
  if (!(seconds > 0))
    throw new InstallError(`--limit ${values.limit} is no number of seconds`, 'give one above 0')
  if (values.clean) {
    sweep(0)
    clear(findPackage())
    return
  }
  const packageDir = await ensurePackage(console.error)
  if ((await installTensorflow({ packageDir, downloadLimit: seconds * 1000 })) === 'ready')
    console.error('TensorFlow binding in place')
}

main().catch((error) => {
  console.error(error.message)
  process.exitCode = error instanceof InstallError || error.code?.startsWith('ERR_PARSE_ARGS') ? 2 : 3
})
