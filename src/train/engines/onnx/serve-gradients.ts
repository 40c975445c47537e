import type { StepSession, StepTensor } from './session.ts'
import { answered, asked, changes, type Memory, there, viewsOf } from './shared-memory.ts'

/** The helper's side: answers until its thread is ended. Errors: those of the session. */
export async function serveGradients(share: Memory, session: StepSession): Promise<never> {
  const { control, loss, gradient, feeds } = viewsOf(share)
  // a runtime takes no memory that is shared
  const own = Object.entries(feeds).map(([name, shared]) => [name, shared, unshared(shared)] as const)
  const ownFeeds = Object.fromEntries(own.map(([name, , tensor]) => [name, tensor]))
  const into = { gradient: unshared(gradient) }
  Atomics.store(control, there, 1)
  for (let done = 0; ; done++) {
    while (!changes(control, asked, done));
    for (const [, { data }, tensor] of own) tensor.data.set(data)
    const results = await session.run(ownFeeds, ['loss', 'gradient'], into)
    loss.data.set(results.loss!)
    gradient.data.set(results.gradient!)
    Atomics.store(control, answered, done + 1)
    Atomics.notify(control, answered)
  }
}

function unshared({ data, dims }: StepTensor): StepTensor {
  return { data: new Float32Array(data.length), dims }
}
