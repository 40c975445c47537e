/** Addresses of databases in what is printed, thrown or stored: without their passwords. Errors follow once this is loaded. */
import { secrets } from './errors.ts'

const hidden = '***'

/** Where an address begins; its slashes may be mistyped, and its user may be postgres. */
const beginning = /(?<![\w/@])postgres(?:ql)?:\/{0,2}|:\/\//gi

/** The names of an address's parameters, and of the words of a connection string, whose values are secret. */
const secretName = /(?:password|passwd|pwd|secret|token)$/i

/** A word that is an address without its protocol, user:password@host; a drive of Windows is no user. */
const bareAddress = /^[^\s:/@]{2,}:[^\s@=]+@[\w[]/

/**
 * A text without the passwords of the addresses in it: `postgres://ann:secret@host/shop?password=secret` is
 * `postgres://ann@host/shop?password=***`.
 */
export function withoutPasswords(text: string): string {
  // few texts have an address
  return /[@=]/.test(text) ? text.split('\n').map(withoutInLine).join('\n') : text
}

/** A line that is longer is cut: no address is as long, and expressions would run out of stack. */
const longestLine = 100_000

function withoutInLine(line: string): string {
  const isLong = line.length > longestLine
  const text = isLong ? `${line.slice(0, longestLine)}…` : line
  const starts = Array.from(text.matchAll(beginning), ({ index, 0: { length } }) => index + length)
  const ends = [0, ...starts]
  const parts = ends.map((start, k) => text.slice(start, ends[k + 1]))
  return parts.map((part, k) => (k === 0 ? withoutBare(part) : withoutUserinfo(part))).join('')
}

/** What follows an address's protocol, up to the next address. */
function withoutUserinfo(part: string): string {
  const line = /^[^\n]*/.exec(part)![0]
  const word = /^\S*/.exec(line)![0]
  // a password may have spaces, or be of signs that should be escaped
  const isWhole = word.includes('@') || !word.includes(':') || /^[^:/?#]*:\d*(?:[/,?#]|$)/.test(word)
  const address = isWhole ? word : line
  const end = endOfUserinfo(address)
  const userinfo = address.slice(0, Math.max(0, end))
  const user = userinfo.includes(':') ? userinfo.slice(0, userinfo.indexOf(':')) : userinfo
  return withoutBare(`${user}${part.slice(userinfo.length)}`)
}

/** The place of the @ after a user and password; -1 if there is none. */
function endOfUserinfo(address: string): number {
  const query = /[?#]/.exec(address)?.index ?? address.length
  const value = address.indexOf('=', query)
  // an @ in a parameter's value ends no password
  return address.lastIndexOf('@', value < 0 ? undefined : value)
}

/** A text without addresses that lack their protocol, and without the values of secret parameters. */
function withoutBare(text: string): string {
  return text
    .split(/(\s+)/)
    .map((word) =>
      bareAddress.test(word)
        ? `${word.slice(0, word.indexOf(':'))}${word.slice(word.lastIndexOf('@'))}`
        : word,
    )
    .join('')
    .replace(
      /(?<=^|[\s?&;'"(])([\w.%+-]{1,60})(\s{0,9}=\s{0,9})('[^'\n]*'|[^&\s;#]+)/g,
      (whole, name: string, sign: string) =>
        secretName.test(decoded(name)) ? `${name}${sign}${hidden}` : whole,
    )
}

/**
 * Returns a function that hides an address's secrets in messages of others, in any spelling.
 *
 * @param address - Such as `postgres://ann:secret@host/shop`.
 * @param others - Further secrets, such as that of an environment variable.
 */
export function redactorOf(
  address: string,
  others: readonly (string | undefined)[] = [],
): (message: string) => string {
  const spelled = [...secretsOf(address), ...others].flatMap((secret) =>
    secret ? [secret, decoded(secret), encodeURIComponent(decoded(secret))] : [],
  )
  // the longest first, as one may be in another
  const secrets = [...new Set(spelled)].sort((a, b) => b.length - a.length)
  return (message) =>
    withoutPasswords(secrets.reduce((text, secret) => text.replaceAll(secret, hidden), message))
}

function secretsOf(address: string): string[] {
  try {
    const { password, searchParams } = new URL(address)
    const values = [...searchParams].flatMap(([name, value]) => (secretName.test(name) ? [value] : []))
    return [password, ...values]
  } catch {
    return []
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

secrets.hide = <T>(value: T) => (typeof value === 'string' ? (withoutPasswords(value) as T) : value)
