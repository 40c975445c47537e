import type { Catalogue } from './catalogue.ts'

import { limits } from './limits.ts'
import { Refusal } from './refusal.ts'

/** What the protocols share of a server that runs. */
export interface ServerState {
  readonly catalogue: Catalogue
  /** Whether all models are loaded and tested, and the server does not end. */
  readonly isReady: boolean
  /** Whether it answers what still comes, and then ends. */
  readonly isEnding: boolean
  /** Bytes of answers that clients have yet to take. */
  unreadBytes: number
}

/** Throws a Refusal where clients have so much to read that there is no room for more. */
export function requireReaders({ unreadBytes }: ServerState): void {
  if (unreadBytes > limits.unreadBytes)
    throw new Refusal('busy', 'clients have too many unread answers: try again later')
}
