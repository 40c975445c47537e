import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { dirname, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { InputError, messageOf } from '../../core/errors.ts'
import { smallModel } from '../../export/export-model.ts'
import { openModel } from '../../infer/open-model.ts'
import type { Provider } from '../../infer/provider.ts'
import { createChildSession } from '../../infer/providers/cuda.ts'
import { webgpu } from '../../infer/providers/webgpu.ts'
import { isSoftware } from '../../infer/session.ts'
import { nodeProviders } from '../../node/providers.ts'
import { createStepSession } from '../../node/training.ts'
import { goldenStepsProblem } from '../../train/engines/onnx/golden-steps.ts'
import { tensorflowProblem } from '../../train/engines/tfjs/backend.ts'
import { call } from '../call.ts'
import { defineCommand, option } from '../command.ts'
import { type CudaReport, examineCuda, machine } from '../cuda-report.ts'
import { freeRun } from '../next-commands.ts'
import { interruptible, isQuiet, printJson, printText, suggest, waitFor } from '../output.ts'

const doctorOptions = {
  install: option.oneOf(
    ['tensorflow'] as const,
    'install what the tensorflow engine lacks [default: nothing]',
  ),
  provider: {
    choices: nodeProviders.map(({ name }) => name),
    describe: 'exit 1 if this provider is missing; cuda also lists its requirements [default: cpu]',
  },
  'device-id': option.wholeNumber('index of the GPU, for provider cuda [default: 0]'),
} as const

export const command = defineCommand({
  options: doctorOptions,
  examples: [
    ['$0 doctor --provider cuda', 'what a GPU server still needs'],
    ['$0 doctor --install tensorflow', 'installs tfjs-node and its binding to TensorFlow'],
  ],
  epilogue:
    'If npm install ends in a stack trace of onnxruntime-node, your network blocks its download of CUDA libraries, which only ' +
    '--provider cuda needs: run ONNXRUNTIME_NODE_INSTALL=skip npm install moonstep.',
  async handler({ install, provider, json, ...argv }) {
    const deviceId = argv['device-id']
    if (deviceId !== undefined && provider !== 'cuda')
      throw new InputError('--device-id is for --provider cuda: leave it out', 'conflict')
    if (install && !(await runInstaller())) return
    const { providers, onnx, tensorflow } = await interruptible((signal) =>
      Promise.race([
        tryAll(deviceId),
        new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      ]),
    )
    const engines = [
      { engine: 'onnx', available: !onnx, reason: onnx ?? null },
      { engine: 'simd', available: true, reason: null },
      { engine: 'tensorflow', available: !tensorflow, reason: tensorflow ?? null },
    ]
    const cuda = examineCuda(machine, packageFolder())
    const required = new Set([nodeProviders[0].name, provider])
    if (providers.some((each) => required.has(each.provider) && !each.available)) call.exitCode = 1
    if (json) return printJson({ providers, engines, cuda })
    const detail = provider === 'cuda' || cuda.gpus.length > 0 ? cudaLines(cuda) : []
    const lines = [
      'sampling',
      ...providers.map((each) => line(each.provider, each.reason, detailsOf(each))),
      'training',
      ...engines.map(({ engine, reason }) => line(engine, reason)),
      ...detail,
    ]
    printText(`${lines.join('\n')}\n`, ['yes', 'no'])
    suggest(tensorflow ? ['doctor', '--install', 'tensorflow'] : ['train', '--out', freeRun('moons')])
  },
})

/** Tries every provider, and the engines that may be missing. */
function tryAll(deviceId: number | undefined) {
  return waitFor('trying the providers', async (progress) => {
    const providers = await Promise.all(nodeProviders.map((provider) => tryProvider(provider, deviceId)))
    progress.wait('trying the engines')
    const onnx = await goldenStepsProblem(createStepSession).catch(messageOf)
    return { providers, onnx, tensorflow: tensorflowProblem() }
  })
}

function line(name: string, reason: string | null, details = ''): string {
  const answer = reason === null ? `yes${details}` : `no: ${reason}`
  return `  ${name.padEnd(15)} ${answer}`
}

function detailsOf({ ran, software }: Finding): string {
  if (!ran) return ''
  const adapter = ran.adapter ? `, on ${ran.adapter}${software ? ': software, slower than cpu' : ''}` : ''
  return `: ${ran.runtime}${adapter}${ran.tf32 ? ', with TF32' : ''}`
}

function cudaLines({ driver, gpus, provider, libraries, tf32, remedies }: CudaReport): string[] {
  const row = (name: string, value: string) => `  ${name.padEnd(34)} ${value}`
  return [
    'CUDA',
    ...(gpus.length > 0 ? gpus.map((gpu) => row('GPU', gpu)) : [row('GPU', 'none of NVIDIA’s')]),
    row('driver', driver ? `${driver.version} (${driver.from})` : 'missing'),
    row('libonnxruntime_providers_cuda.so', provider ?? 'missing'),
    ...libraries.map(({ name, path, elsewhere }) =>
      row(name, path ?? (elsewhere ? `in ${elsewhere}, which is not on the loader's path` : 'missing')),
    ),
    row(
      'TF32',
      tf32 ? 'on; NVIDIA_TF32_OVERRIDE=0 in the environment turns it off' : 'off, by NVIDIA_TF32_OVERRIDE=0',
    ),
    ...remedies.flatMap(({ gets, command }) => [`to get ${gets}:`, `  ${command}`]),
  ]
}

/** onnxruntime-node's folder, resolved from the current folder. */
function packageFolder(): string | undefined {
  try {
    const main = createRequire(import.meta.url).resolve('onnxruntime-node')
    return relative('', dirname(dirname(main)))
  } catch {
    return undefined
  }
}

/**
 * Runs the install script of `npm test` and `npm run demo`. Returns false and keeps its exit code if it failed. Its
 * output is on stderr; with --quiet it is shown only on failure.
 */
async function runInstaller(): Promise<boolean> {
  const script = fileURLToPath(new URL('../../../scripts/tensorflow/main.mjs', import.meta.url))
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'pipe'] })
  const output: Buffer[] = []
  const show = (text: Buffer) => (isQuiet() ? output.push(text) : call.stderr.write(text))
  for (const stream of [child.stdout, child.stderr]) stream.on('data', show)
  const [code] = await once(child, 'close')
  if (code !== 0) {
    call.exitCode = code ?? 3
    call.stderr.write(Buffer.concat(output))
  }
  return code === 0
}

/** Dawn, Node's WebGPU, writes warnings to stderr, so it runs in a separate process. */
const quietWebgpu: Provider = {
  ...webgpu,
  createSession: (bytes, options) => createChildSession(bytes, 'webgpu', options, 'ignore'),
}

type Finding = Awaited<ReturnType<typeof tryProvider>>

/**
 * Loads a small model on a provider and runs its golden vectors: returns what ran, or why not, and whether its GPU is
 * software.
 */
async function tryProvider(definition: Provider, deviceId: number | undefined) {
  const { name: provider, takes } = definition
  try {
    const device = takes?.includes('deviceId') ? { deviceId } : {}
    const tried = [provider === 'webgpu' ? quietWebgpu : definition] as const
    const model = await openModel(await smallModel(), 'a small model', tried, { provider, ...device })
    const ran = model.info
    await model.dispose()
    return { provider, available: true, reason: null, ran, software: isSoftware(ran.adapter) }
  } catch (error) {
    const reason = messageOf(error)
      .split('\n')[0]!
      .replace(/^provider \S+ can't run [^:]*: /, '')
      .replace(/: moonstep doctor says .*$/, '')
    return { provider, available: false, reason, ran: null, software: false }
  }
}
