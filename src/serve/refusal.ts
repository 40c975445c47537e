/** Why a request is refused, in any protocol; `http.ts` and `grpc.ts` map each kind to a status. */
export type RefusalKind =
  /** The request itself is wrong. */
  | 'invalid'
  /** There is no such model, version or address. */
  | 'not-found'
  /** The request exceeds the maximum rows or bytes. */
  | 'too-large'
  /** The caller accepts none of the available formats. */
  | 'not-acceptable'
  /** There is no room now; the caller may retry. */
  | 'busy'
  /** The model or the server is not ready, or is shutting down. */
  | 'not-ready'
  /** The rows were not ready before the deadline. */
  | 'too-late'
  /** The caller has disconnected. */
  | 'cancelled'

/** A refused request, with a one-line message for the caller. */
export class Refusal extends Error {
  override name = 'Refusal'
  readonly kind: RefusalKind

  constructor(kind: RefusalKind, message: string) {
    super(message)
    this.kind = kind
  }
}

export function invalid(message: string): Refusal {
  return new Refusal('invalid', message)
}
