import type { Catalogue } from './catalogue.ts'

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
