/** Why a request is not answered with rows, whatever the protocol; `http.ts` and `grpc.ts` have a status for each. */
export type RefusalKind =
  /** The request itself is wrong. */
  | 'invalid'
  /** There is no such model, version or address. */
  | 'not-found'
  /** More rows or bytes than a request may have. */
  | 'too-large'
  /** None of the forms that the caller accepts. */
  | 'not-acceptable'
  /** There is no room now: the caller may come again. */
  | 'busy'
  /** The model or the server is not ready, or ends. */
  | 'not-ready'
  /** The rows were not there when the caller's time was up. */
  | 'too-late'
  /** The caller is gone. */
  | 'cancelled'

/** A request that is refused, with a line for whoever made it. */
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
