// The binding, compiled here.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fetchLibraries, LIBRARIES } from './libraries.mjs'
import { requireSuccess, run } from './run.mjs'
import { findTools } from './tools.mjs'

/**
 * Builds the binding in a copy of the package, from the libraries in a wheel of TensorFlow.
 * @param {string} copy
 * @param {string} folder for temporary files
 */
export const build = async (copy, folder) => {
  const { headers, pip } = await findTools()
  // Removing this folder also removes the temporary files of killed programs.
  const env = { ...process.env, TMPDIR: folder }
  await fetchLibraries(copy, folder, pip, env)

  const flags = ['-c', '-fPIC', '-O2', '-std=c++17', '-DNAPI_VERSION=8', `-I${headers}`, '-Ideps/include']
  const [backend, binding] = await Promise.all([
    run('g++', [...flags, 'binding/tfjs_backend.cc'], { cwd: copy, env }),
    run('g++', [...flags, 'binding/tfjs_binding.cc'], { cwd: copy, env }),
    // Only saves space: 449 MB instead of 614.
    run('strip', LIBRARIES, { cwd: join(copy, 'deps/lib'), env }),
  ])
  requireSuccess(backend, 'g++ could not compile the binding')
  requireSuccess(binding, 'g++ could not compile the binding')

  mkdirSync(join(copy, 'lib/napi-v8'), { recursive: true })
  const output = ['-shared', '-o', 'lib/napi-v8/tfjs_binding.node', 'tfjs_backend.o', 'tfjs_binding.o']
  const libraries = [
    '-Ldeps/lib',
    '-ltensorflow',
    '-ltensorflow_framework',
    '-Wl,-rpath,$ORIGIN/../../deps/lib',
  ]
  requireSuccess(
    await run('g++', [...output, ...libraries], { cwd: copy, env }),
    'g++ could not link the binding',
  )
}
