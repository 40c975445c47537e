import { invalid, limits } from './refusal.ts'

/** Returns the caller's request id if it is safe to log, else a new one. */
export function requestId(header: unknown): string {
  if (typeof header === 'string' && header.length <= limits.nameLength && /^[\w.:/+=-]+$/.test(header))
    return header
  return crypto.randomUUID()
}

/** Throws a Refusal if a request's id is longer than its answer may repeat it. */
export function requireId(id: string): string {
  if (id.length > limits.nameLength)
    throw invalid(`id has ${id.length} characters: give at most ${limits.nameLength}`)
  return id
}
