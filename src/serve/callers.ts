import type { IncomingHttpHeaders } from 'node:http'
import { outOfRange } from '../core/errors.ts'
import { Refusal } from './refusal.ts'
import { describeValue } from './rows-request.ts'

/**
 * Which hosts a server answers for. A page of any site can make a browser send requests to this machine: by a name of its own
 * that it lets point here (DNS rebinding), or by posting a form. Programs are not concerned: they name the server's own address,
 * and send no Origin.
 */
export interface Callers {
  /** Whether the server listens only on this machine, so that its own names are known. */
  readonly isLoopback: boolean
  /** Further names, in lower case and without a port. */
  readonly allowed: readonly string[]
}

const own = ['localhost', '127.0.0.1', '[::1]']

/** Whether an address that a server listens on is reached from this machine alone. */
export function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.')
}

/** Checks a name of `allowHost`. Throws InputError if it has more than a host's name. */
export function allowedName(name: string): string {
  const host = name.toLowerCase()
  if (/^(?:[a-z0-9_.-]+|\[[0-9a-f:.]+\])$/.test(host)) return host
  throw outOfRange('allowHost', name, 'give a name such as moonstep.example, without a scheme or a port')
}

/** Throws a Refusal if a request may come from a page of another site. */
export function requireOwnCaller(headers: IncomingHttpHeaders, { isLoopback, allowed }: Callers): void {
  const { host, origin } = headers
  // a browser always names the host; probes by HTTP/1.0 may not
  if (isLoopback && host !== undefined && ![...own, ...allowed].includes(nameOf(host)))
    throw new Refusal(
      'wrong-host',
      `the host is ${describeValue(host)}: this server answers for ${[...own, ...allowed].join(', ')}, and for names that it is given with --allow-host`,
    )
  if (origin !== undefined && !isOwnOrigin(origin, host, allowed))
    throw new Refusal(
      'foreign-page',
      `a page of ${describeValue(origin)} asks: only programs and the server's own pages may, or give its name with --allow-host`,
    )
  // without Origin, browsers send what a page embeds
  const { 'sec-fetch-site': site, 'sec-fetch-mode': mode } = headers
  if (origin === undefined && (site === 'cross-site' || site === 'same-site') && mode !== 'navigate')
    throw new Refusal('foreign-page', 'a page of another site asks: only programs and own pages may')
}

/** The types that a page of any site may post without asking first (https://fetch.spec.whatwg.org/#cors-safelisted-request-header). */
const formTypes = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']

/** Throws a Refusal if a body is compressed or of a type that forms send. */
export function requireBodyType(headers: IncomingHttpHeaders): void {
  const { 'content-encoding': encoding, 'content-type': type = '' } = headers
  if (encoding !== undefined && encoding !== 'identity')
    throw new Refusal('wrong-type', 'the body is compressed: send it as it is')
  const [essence = ''] = type.split(';', 1)
  if (formTypes.includes(essence.trim().toLowerCase()))
    throw new Refusal(
      'wrong-type',
      `the body is ${describeValue(essence.trim())}: send it with the header Content-Type: application/json`,
    )
}

/** A host's name in lower case, without its port. */
function nameOf(host: string): string {
  return host.toLowerCase().replace(/:\d{0,5}$/, '')
}

function isOwnOrigin(origin: string, host: string | undefined, allowed: readonly string[]): boolean {
  const isUrl = /^https?:\/\//.test(origin)
  const place = origin.toLowerCase().replace(/^https?:\/\//, '')
  return isUrl && (place === host?.toLowerCase() || allowed.includes(nameOf(place)))
}
