import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { dirname, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { InferredOptionTypes } from 'yargs'
import { InputError, messageOf } from '../../core/errors.ts'
import { smallModel } from '../../export/export-model.ts'
import type { ProviderDefinition } from '../../infer/provider.ts'
import { isSoftware, type SessionInfo } from '../../infer/session.ts'
import { loadModel } from '../../node/load-model.ts'
import { nodeProviders } from '../../node/providers.ts'
import { createStepSession } from '../../node/training.ts'
import { goldenStepsProblem } from '../../train/engines/onnx/golden-steps.ts'
import { tensorflowProblem } from '../../train/engines/tfjs/backend.ts'
import { type Command, wholeNumber, withValues } from '../command.ts'
import { type CudaReport, examineCuda, machine } from '../cuda-report.ts'
import { freeRun } from '../next-commands.ts'
import { interruptible, isQuiet, printJson, suggest, verdict } from '../output.ts'
import { createProgress } from '../progress.ts'

const doctorOptions = withValues({
  install: { choices: ['tensorflow'] as const, describe: 'get what the tensorflow engine lacks' },
  provider: {
    choices: nodeProviders.map(({ name }) => name),
    describe: 'exit with 1 if this one is missing; with cuda, list what it needs',
  },
  'device-id': { ...wholeNumber, describe: 'which GPU, of provider cuda [default: 0]' },
} as const)

type DoctorArguments = InferredOptionTypes<typeof doctorOptions> & { json?: boolean }

export const doctorCommand: Command<DoctorArguments> = {
  options: doctorOptions,
  builder: (yargs) =>
    yargs
      .example('$0 doctor --provider cuda', 'what a server with a GPU still needs')
      .example('$0 doctor --install tensorflow', "builds or downloads TensorFlow's binding"),
  async handler({ install, provider, json, ...argv }) {
    const deviceId = argv['device-id']
    if (deviceId !== undefined && provider !== 'cuda')
      throw new InputError('--device-id is for --provider cuda: leave it out', 'conflict')
    if (install && !(await runInstaller())) return
    const { providers, onnx, problem } = await interruptible((signal) =>
      Promise.race([
        tryAll(deviceId),
        new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      ]),
    )
    const engines = [
      { engine: 'onnx', available: !onnx, reason: onnx ?? null },
      { engine: 'tensorflow', available: !problem, reason: problem ?? null },
      { engine: 'tfjs-wasm', available: true, reason: null },
    ]
    const cuda = examineCuda(machine, packageFolder())
    const required = new Set([nodeProviders[0].name, provider])
    if (providers.some((each) => required.has(each.provider) && !each.available)) process.exitCode = 1
    if (json) return printJson({ providers, engines, cuda })
    const detail = provider === 'cuda' || cuda.gpus.length > 0 ? cudaLines(cuda) : []
    process.stdout.write(
      [
        'sampling',
        ...providers.map((each) => line(each.provider, each, answerOf(each))),
        'training',
        ...engines.map((each) => line(each.engine, each)),
        ...detail,
        '',
      ].join('\n'),
    )
    if (problem) suggest(['doctor', '--install', 'tensorflow'])
    else suggest(['train', '--out', freeRun('moons')])
  },
}

/** What runs here, tried: every provider, and the engines that can be missing. */
async function tryAll(deviceId: number | undefined) {
  const progress = createProgress()
  try {
    progress.wait('trying the providers')
    const providers = await Promise.all(nodeProviders.map((provider) => tryProvider(provider, deviceId)))
    progress.wait('trying the engines')
    const onnx = await goldenStepsProblem(createStepSession).catch(messageOf)
    return { providers, onnx, problem: tensorflowProblem() }
  } finally {
    progress.stop()
  }
}

function line(
  name: string,
  { available, reason }: Pick<Finding, 'available' | 'reason'>,
  yes = 'yes',
): string {
  return `  ${name.padEnd(15)} ${available ? yes.replace(/^yes/, (word) => verdict(word, true)) : `${verdict('no', false)}: ${reason}`}`
}

function answerOf({ ran, software }: Finding): string {
  if (!ran) return 'yes'
  const adapter = ran.adapter ? `, on ${ran.adapter}${software ? ': software, slower than cpu' : ''}` : ''
  return `yes: ${ran.runtime}${adapter}${ran.tf32 ? ', with TF32' : ''}`
}

function cudaLines({ driver, gpus, provider, libraries, tf32, remedies }: CudaReport): string[] {
  const row = (name: string, value: string) => `  ${name.padEnd(34)} ${value}`
  return [
    'CUDA',
    ...(gpus.length > 0 ? gpus.map((gpu) => row('GPU', gpu)) : [row('GPU', 'none of NVIDIA’s')]),
    row('driver', driver ? `${driver.version} (${driver.from})` : 'missing'),
    row('libonnxruntime_providers_cuda.so', provider ?? 'missing'),
    ...libraries.map(({ name, path, elsewhere }) =>
      row(name, path ?? (elsewhere ? `in ${elsewhere}, where the loader doesn't look` : 'missing')),
    ),
    row(
      'TF32',
      tf32 ? 'on; NVIDIA_TF32_OVERRIDE=0 in the environment turns it off' : 'off, by NVIDIA_TF32_OVERRIDE=0',
    ),
    ...remedies.flatMap(({ gets, command }) => [`to get ${gets}:`, `  ${command}`]),
  ]
}

/** onnxruntime-node's folder, from where the command is run. */
function packageFolder(): string | undefined {
  try {
    const main = createRequire(import.meta.url).resolve('onnxruntime-node')
    return relative('', dirname(dirname(main)))
  } catch {
    return undefined
  }
}

/**
 * The script that `npm test` and `npm run demo` use too. False, with its exit code kept, if it failed. All it says is
 * on its stderr, and under --quiet matters only where it failed.
 */
async function runInstaller(): Promise<boolean> {
  const script = fileURLToPath(new URL('../../../scripts/install-tensorflow.mjs', import.meta.url))
  const child = spawn(process.execPath, [script], { stdio: ['ignore', process.stderr, 'pipe'] })
  const said: Buffer[] = []
  child.stderr!.on('data', (text: Buffer) => (isQuiet() ? said.push(text) : process.stderr.write(text)))
  const [code] = await once(child, 'close')
  if (code !== 0) {
    process.exitCode = code ?? 3
    process.stderr.write(Buffer.concat(said))
  }
  return code === 0
}

export interface Finding extends Pick<SessionInfo, 'provider'> {
  readonly available: boolean
  /** Why not. */
  readonly reason: string | null
  /** What ran, where something did. */
  readonly ran: SessionInfo | null
  /** Whether its GPU is the processor's imitation of one. */
  readonly software: boolean
}

/** Loads a small model on a provider and runs its golden vectors. */
export async function tryProvider(
  { name: provider, takes }: ProviderDefinition,
  deviceId?: number,
): Promise<Finding> {
  try {
    const device = takes?.includes('deviceId') ? { deviceId } : {}
    const model = await loadModel(await smallModel(), { provider, ...device })
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
