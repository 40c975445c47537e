/** What a message of the library advises, for people who have buttons and menus instead of code. */

/** A column's kind in a message. It ends before the next one begins, so that the time is linear in the message's length. */
const kind = String.raw`\{ types: \{(?:(?!\{ types: ).)*?\} \}`

/** A message without code, which buttons and menus replace. */
export function plain(message: string): string {
  return message
    .replace(new RegExp(`: ${kind} makes it the other`, 'g'), '')
    .replace(new RegExp(`${kind} (?:keeps|gives|makes) [^,:;]*`, 'g'), 'choose its kind')
    .replace(new RegExp(`say it with ${kind} or ${kind}`, 'g'), 'choose one')
    .replace(new RegExp(kind, 'g'), 'another kind')
    .replace(/give another method with `types`/g, 'choose another kind')
    .replace(/`types`/g, 'its kind')
    .replace(/ \(`?(?:drop|minCategory|allowRareNames)`?\)/g, '')
    .replace(/, or (?:allow them|say that it is meant)/g, '')
    .replace(/`drop` the column/g, 'leave the column out')
    .replace(/`drop` it/g, 'leave it out')
}

/** The column that a message advises to leave out. */
export function leftOutIn(message: string) {
  const word = 'column '
  const start = message.indexOf(word) + word.length
  const end = message.indexOf(': ', start + 1)
  if (start < word.length || end < 0) return undefined
  const isAdvised = ['leave the column out', '`drop` the column'].some((advice) =>
    message.includes(advice, end),
  )
  return isAdvised ? { name: message.slice(start, end), kinds: [] } : undefined
}
