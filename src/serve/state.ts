import type { FastifyBaseLogger } from 'fastify'
import type { Catalogue } from './catalogue.ts'
import { limits } from './limits.ts'
import type { Metrics } from './metrics.ts'
import { Refusal } from './refusal.ts'

/** The server's state, shared by the protocols. */
export interface ServerState {
  readonly catalogue: Catalogue
  /** Whether all models are loaded and tested, and the server is not shutting down. */
  readonly isReady: boolean
  /** Whether the server is in its grace period or shutting down. */
  readonly isEnding: boolean
  /** Bytes of answers that clients have not read yet. */
  unreadBytes: number
}

/** What each protocol serves. */
export interface Served {
  readonly state: ServerState
  readonly metrics: Metrics
  readonly logger: FastifyBaseLogger
}

/** Throws a Refusal if clients have too many unread bytes. */
export function requireReaders({ unreadBytes }: ServerState): void {
  if (unreadBytes > limits.unreadBytes)
    throw new Refusal('busy', 'clients have too many unread answers: try again later')
}
