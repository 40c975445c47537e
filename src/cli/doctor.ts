import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { CommandModule } from 'yargs'
import { messageOf } from '../core/errors.ts'
import { exportNoisePredictor } from '../export/export-model.ts'
import { createNodeSession } from '../infer/node.ts'
import { providerNames } from '../infer/session.ts'
import { initialWeights } from '../model/initial-weights.ts'
import { tensorflowProblem } from '../train/tfjs/backend.ts'
import { printJson } from './output.ts'

interface DoctorArguments {
  install?: 'tensorflow'
  json?: boolean
}

interface Finding {
  readonly available: boolean
  readonly reason: string | null
}

export const doctorCommand: CommandModule<object, DoctorArguments> = {
  command: 'doctor',
  describe: 'What this machine can run, and how to get the rest',
  builder: (yargs) =>
    yargs
      .option('install', {
        choices: ['tensorflow'] as const,
        describe: 'get what the tensorflow engine lacks',
      })
      .example('$0 doctor --install tensorflow', "builds or downloads TensorFlow's binding") as never,
  async handler({ install, json }) {
    if (install && !(await runInstaller())) return
    const providers = await Promise.all(
      providerNames.map(async (provider) => ({ provider, ...(await tryProvider(provider)) })),
    )
    const problem = tensorflowProblem()
    const engines = [
      { engine: 'tensorflow', available: !problem, reason: problem ?? null },
      { engine: 'tfjs-wasm', available: true, reason: null },
    ]
    if (!providers.find(({ provider }) => provider === 'cpu')?.available) process.exitCode = 1
    if (json) return printJson({ providers, engines })
    const line = (name: string, { available, reason }: Finding) =>
      `  ${name.padEnd(12)} ${available ? 'yes' : `no: ${reason}`}\n`
    process.stdout.write(
      `sampling (onnxruntime-node)\n${providers.map((p) => line(p.provider, p)).join('')}` +
        `training\n${engines.map((e) => line(e.engine, e)).join('')}`,
    )
  },
}

/** The script that `npm test` and `npm run demo` use too. False, with its exit code kept, if it failed. */
async function runInstaller(): Promise<boolean> {
  const script = fileURLToPath(new URL('../../scripts/install-tensorflow.mjs', import.meta.url))
  const child = spawn(process.execPath, [script], { stdio: ['ignore', process.stderr, 'inherit'] })
  const [code] = await once(child, 'exit')
  if (code !== 0) process.exitCode = code ?? 3
  return code === 0
}

/** Whether a small network runs on a provider. */
async function tryProvider(provider: (typeof providerNames)[number]): Promise<Finding> {
  const network = { dim: 1, T: 1, hidden: [4], timeEmbedding: { kind: 'one_hot_linear' } } as const
  const config = {
    T: 1,
    schedule: { kind: 'linear', betaStart: 0.99, betaEnd: 0.99 },
    scaler: { min: [0], max: [1] },
    integerColumns: [],
    predictionType: 'epsilon',
    sampler: { name: 'ddpm', variance: 'fixed_small' },
  } as const
  try {
    const bytes = await exportNoisePredictor({ config, weights: initialWeights(network, 0) })
    const session = await createNodeSession(bytes, { provider })
    await session.release()
    return { available: true, reason: null }
  } catch (error) {
    return { available: false, reason: messageOf(error) }
  }
}
