/** What one server takes on at most; docs/how-to/serve.md lists these. */
export const limits = {
  /** Rows of a request. */
  rows: 100_000,
  /** Bytes of a request's body, or of a gRPC message. */
  bodyBytes: 16 * 2 ** 20,
  /** Bytes of a request's head. */
  headerBytes: 16 * 2 ** 10,
  connections: 1024,
  /** gRPC calls at a time on a connection: as many as may wait, so that none waits where the server can't see it. */
  streams: 1024,
  /** Requests that wait for a model, and their rows. One request may always wait, however many its rows. */
  waitingRequests: 1024,
  waitingRows: 20_000,
  /** Bytes of answers that clients have yet to read. */
  unreadBytes: 256 * 2 ** 20,
  /** The longest that a request may take, in seconds, if it asks for no less. */
  seconds: 30,
  /** How long a request's head, and the whole of it, may take to arrive, in seconds. */
  headSeconds: 10,
  requestSeconds: 30,
  /** A connection on which nothing moves is closed after so many seconds. */
  idleSeconds: 60,
  /** Letters of a model's name, or of a request id. */
  nameLength: 256,
} as const
