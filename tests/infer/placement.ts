import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { feedsOfBatch } from '../../src/infer/measure.ts'
import { readModel } from '../../src/onnx/read.ts'

/** The execution providers that ran a model's nodes, by onnxruntime's own profile, under our session's settings. */
export async function providersThatRan(bytes: Uint8Array, provider: string): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'moonstep-profile-'))
  try {
    const session = await InferenceSession.create(bytes, {
      executionProviders: [provider],
      logSeverityLevel: 4,
      enableProfiling: true,
      profileFilePrefix: join(folder, 'profile'),
      ...(provider === 'cpu' ? {} : { extra: { session: { disable_cpu_ep_fallback: '1' } } }),
    })
    const feeds = Object.entries(feedsOfBatch(readModel(bytes), 3)).map(([name, { data, dims }]) => [
      name,
      new Tensor('float32', data, dims),
    ])
    await session.run(Object.fromEntries(feeds))
    session.endProfiling()
    await session.release()
    const [name] = readdirSync(folder)
    const events: { cat: string; args?: { provider?: string } }[] = JSON.parse(
      readFileSync(join(folder, name!), 'utf8'),
    )
    const nodes = events.filter(({ cat, args }) => cat === 'Node' && args?.provider)
    return [...new Set(nodes.map(({ args }) => args!.provider!))].sort()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
