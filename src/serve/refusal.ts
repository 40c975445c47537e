import { InputError } from '../core/errors.ts'

/** Limits of one server; docs/how-to/serve.md lists them. */
export const limits = {
  rows: 100_000,
  /** Maximum bytes of a request's body, or of a gRPC message. */
  bodyBytes: 16 * 2 ** 20,
  headerBytes: 16 * 2 ** 10,
  connections: 1024,
  /** gRPC calls at a time per connection: as many as may queue, so that none waits unseen by the server. */
  streams: 1024,
  /**
   * Queued requests per model, the seconds of work that their rows are (pace.ts), and the rows, which take memory. A
   * request of any size may queue below these limits.
   */
  waitingRequests: 1024,
  waitingSeconds: 10,
  waitingRows: 500_000,
  /** What a row takes before any is measured. */
  guessedRowSeconds: 5e-4,
  /** Bytes of answers that clients have not read yet. */
  unreadBytes: 256 * 2 ** 20,
  /** Time limit of a request in seconds, unless it sets a shorter one. */
  seconds: 30,
  /** Time limits in seconds for a request's headers, and for the whole request, to arrive. */
  headSeconds: 10,
  requestSeconds: 30,
  /** Idle connections are closed after this many seconds. */
  idleSeconds: 60,
  /** At the end, how long a connection may take to begin its first request. */
  silentSeconds: 1,
  /** Maximum length of a model's name or of a request id. */
  nameLength: 256,
} as const

/** Why a request is refused, with its HTTP status and its gRPC code (https://grpc.io/docs/guides/status-codes/). */
export const refusals = {
  invalid: { http: 400, grpc: 3 },
  /** There is no such model, version or address. */
  'not-found': { http: 404, grpc: 5 },
  /** The caller accepts none of the available formats. */
  'not-acceptable': { http: 406, grpc: 3 },
  /** The body is compressed, which the server does not unpack. */
  compressed: { http: 415, grpc: 3 },
  'too-large': { http: 413, grpc: 8 },
  /** There is no room now; the caller may retry. */
  busy: { http: 503, grpc: 14 },
  /** The model or the server is not ready, or is shutting down. */
  'not-ready': { http: 503, grpc: 14 },
  'too-late': { http: 504, grpc: 4 },
  /** The caller has disconnected, so that only the metrics see it. */
  cancelled: { http: 499, grpc: 1 },
} as const

type RefusalKind = keyof typeof refusals

/** A refused request, with a one-line message for the caller. */
export class Refusal extends Error {
  override name = 'Refusal'
  readonly kind: RefusalKind
  /** For `busy` and `not-ready`: after how many seconds the caller may try again. */
  readonly retryAfter: number

  constructor(kind: RefusalKind, message: string, retryAfter = 1) {
    super(message)
    this.kind = kind
    this.retryAfter = retryAfter
  }
}

/** Why an error refuses the request; undefined if the server failed. Input that the model rejects is the caller's error. */
export function refusalKind(error: unknown): RefusalKind | undefined {
  if (error instanceof Refusal) return error.kind
  return error instanceof InputError && error.code !== 'bad-model' ? 'invalid' : undefined
}

export function invalid(message: string): Refusal {
  return new Refusal('invalid', message)
}
