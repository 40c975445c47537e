/** Limits of one server; docs/how-to/serve.md lists them. */
export const limits = {
  /** Maximum rows of a request. */
  rows: 100_000,
  /** Maximum bytes of a request's body, or of a gRPC message. */
  bodyBytes: 16 * 2 ** 20,
  /** Maximum bytes of a request's headers. */
  headerBytes: 16 * 2 ** 10,
  connections: 1024,
  /** gRPC calls at a time per connection: as many as may queue, so that none waits unseen by the server. */
  streams: 1024,
  /** Queued requests per model, and their rows. A request of any size may queue below both limits. */
  waitingRequests: 1024,
  waitingRows: 20_000,
  /** Bytes of answers that clients have not read yet. */
  unreadBytes: 256 * 2 ** 20,
  /** Time limit of a request in seconds, unless it sets a shorter one. */
  seconds: 30,
  /** Time limits in seconds for a request's headers, and for the whole request, to arrive. */
  headSeconds: 10,
  requestSeconds: 30,
  /** Idle connections are closed after this many seconds. */
  idleSeconds: 60,
  /** Maximum length of a model's name or of a request id. */
  nameLength: 256,
} as const
