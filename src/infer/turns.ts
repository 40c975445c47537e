import { InputError } from '../core/errors.ts'
import { Queue } from './queue.ts'
import type { Session } from './session.ts'

/**
 * A session whose calls wait their turn (a GPU's runtime breaks when two overlap), that can be released twice,
 * and that says so when it is used after that: the runtimes' own words are about handles.
 */
export function takingTurns(session: Session): Session {
  const queue = new Queue()
  let released: Promise<void> | undefined
  return {
    ...session,
    async run(feeds, outputs, into) {
      if (released) throw new InputError('the session was released: load the model again')
      return queue.run(() => session.run(feeds, outputs, into))
    },
    release() {
      released ??= queue.run(() => session.release())
      return released
    },
  }
}
