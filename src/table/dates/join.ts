import { type DateForm, epochUnitOf, isClock, piecesOf } from './form.ts'

/** Of two tokens for one part of a date, the one that can write both. */
const wider: Readonly<Record<string, string>> = { DD: 'D', MM: 'M', hh: 'h', MMM: 'MMMM' }

/** A form's parts; all are empty where it lacks them. */
interface Parts {
  readonly day: string
  /** What stands between day and time. */
  readonly between: string
  readonly time: string
  /** AM and PM, with the space before them. */
  readonly half: string
  readonly zone: string
}

const partsOfForm =
  /^(.*?)(T|,? )?(hh?:mm(?::ss(?:\.sss)?)?)?( ?[Aa])?( ?(?:Z|\[[A-Z]+\]|[+-]\d\d(?::?\d\d)?))?$/

function partsOf(form: DateForm): Parts {
  const [, day = '', between = '', time = '', half = '', zone = ''] = partsOfForm.exec(form)!
  return { day, between, time, half, zone }
}

/** The form that covers both; undefined if there is none, as of a time of day and a day, or of two orders. */
export function joinForms(a: DateForm, b: DateForm): DateForm | undefined {
  if (a === b) return a
  if (epochUnitOf(a) || epochUnitOf(b) || isClock(a) !== isClock(b)) return undefined
  const [ofA, ofB] = [partsOf(a), partsOf(b)]
  const day = joinDays(ofA.day, ofB.day)
  const between = joinLacking(ofA.between, ofB.between, (x, y) =>
    [x, y].includes('T') && [x, y].includes(' ') ? 'T' : undefined,
  )
  const time = joinLacking(ofA.time, ofB.time, joinTimes)
  const half = ofA.time && ofB.time && ofA.half !== ofB.half ? undefined : ofA.half || ofB.half
  if (day === undefined || between === undefined || time === undefined || half === undefined) return undefined
  return `${day}${between}${time}${half}${joinZones(ofA.zone, ofB.zone)}`
}

/** The part of either if the other lacks it. */
function joinLacking(
  a: string,
  b: string,
  join: (a: string, b: string) => string | undefined,
): string | undefined {
  return a === b || b === '' ? a : a === '' ? b : join(a, b)
}

function joinDays(a: string, b: string): string | undefined {
  if (a === b) return a
  // a month is its first day
  if (a === 'YYYY-MM' && b.startsWith('YYYY-M')) return b
  if (b === 'YYYY-MM' && a.startsWith('YYYY-M')) return a
  return joinPieces(piecesOf(a)!, piecesOf(b)!)
}

function joinTimes(a: string, b: string): string | undefined {
  const [fewer, more] = a.length <= b.length ? [a, b] : [b, a]
  const [short, long] = [piecesOf(fewer)!, piecesOf(more)!]
  return joinPieces([...short, ...long.slice(short.length)], long)
}

function joinPieces(a: readonly string[], b: readonly string[]): string | undefined {
  const joined = a.map((piece, k) =>
    piece === b[k] || wider[b[k]!] === piece ? piece : wider[piece] === b[k] ? b[k] : undefined,
  )
  return a.length === b.length && !joined.includes(undefined) ? joined.join('') : undefined
}

/** One zone if it is that of both, or says UTC; otherwise Z. */
function joinZones(a: string, b: string): string {
  if (a === b) return a
  const one = a || b
  const isUtc = (a === '' || b === '') && /Z|\[/.test(one)
  return isUtc ? one : `${one.startsWith(' ') ? ' ' : ''}Z`
}
