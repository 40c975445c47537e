import { InputError, messageOf } from '../core/errors.ts'
import { printable } from '../core/format.ts'

/** Limits of one server; docs/how-to/serve.md lists them. */
export const limits = {
  rows: 100_000,
  /** Maximum bytes of a request's body and of a gRPC message: the seeds and indices of all rows as text have a few less. */
  bodyBytes: 4 * 2 ** 20,
  /** Bytes of all requests that are still arriving: by HTTP as they declare them, by gRPC as they come. */
  arrivingBytes: 32 * 2 ** 20,
  /** The first bytes of a connection: if there are more, those of others are read first. */
  firstBytes: 2 ** 12,
  /** Bytes of bodies that are read in a turn of the event loop, and how long work in pieces goes on in it. */
  turnBytes: 2 ** 19,
  turnMilliseconds: 5,
  /** Numbers, texts, lists and objects of a request: the seeds and indices of all rows, and some more. */
  elements: 220_000,
  /** Maximum length of a name or value in a request, and of its conditions together. */
  textLength: 16 * 2 ** 10,
  headerBytes: 16 * 2 ** 10,
  /** Maximum length of an Accept header, whose parser takes time by the square of it. */
  acceptLength: 1024,
  /** Connections of HTTP, and of gRPC. */
  connections: 1024,
  /** Connections that wait to be accepted: a client whose first packet is dropped comes again only after a second, then two. */
  backlog: 4096,
  /** Connections that are accepted in a turn of the event loop. */
  acceptors: 128,
  /** Requests of an HTTP connection that wait for each other's answers. */
  pipelined: 16,
  /** gRPC calls at a time: on each connection, where further ones wait, and on all. */
  streams: 32,
  calls: 2048,
  /**
   * Queued requests per model, the seconds of work that their rows are (pace.ts), and the rows, which take memory. A
   * request of any size may queue below these limits.
   */
  waitingRequests: 1024,
  waitingSeconds: 10,
  waitingRows: 500_000,
  /** The requests of a model that wait or are drawn, some of them again. */
  presentRequests: 2048,
  /** How often a row is drawn to meet its conditions: `sample` tries longer, but nobody waits behind it. */
  draws: 256,
  /** What a row takes before any is measured. */
  guessedRowSeconds: 5e-4,
  /** Bytes of one answer and of the rows that it is made of, estimated before these are drawn. */
  answerBytes: 128 * 2 ** 20,
  /** The same of all requests, until clients have read their answers; small answers have more. */
  answersBytes: 192 * 2 ** 20,
  smallAnswerBytes: 64 * 2 ** 10,
  smallAnswersBytes: 64 * 2 ** 20,
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
  /** Maximum length of a message to a caller. */
  messageLength: 1000,
} as const

/** Why a request is refused, with its HTTP status and its gRPC code (https://grpc.io/docs/guides/status-codes/). */
export const refusals = {
  invalid: { http: 400, grpc: 3 },
  /** There is no such model, version or address. */
  'not-found': { http: 404, grpc: 5 },
  /** The caller accepts none of the available formats. */
  'not-acceptable': { http: 406, grpc: 3 },
  /** The body is compressed, or of a type that a page of any site may post. */
  'wrong-type': { http: 415, grpc: 3 },
  /** The request is meant for another host: its name may lead here by a trick of another site. */
  'wrong-host': { http: 421, grpc: 7 },
  /** A page of another site asks. */
  'foreign-page': { http: 403, grpc: 7 },
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

/** A message to a caller in one printable line: it may quote megabytes of the request. */
export function messageFor(error: unknown): string {
  const message = messageOf(error)
  const { messageLength } = limits
  return printable(message.length > messageLength ? `${message.slice(0, messageLength)}…` : message)
}

export function invalid(message: string): Refusal {
  return new Refusal('invalid', message)
}
