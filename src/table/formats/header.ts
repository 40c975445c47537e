import { printable } from '../../core/format.ts'

/**
 * Names the columns of `file` by its first line of trimmed cells, with what to note about the names. An empty cell is called by
 * its place, x0, x1, …; a name that stands there again gets a number: name, name_2, name_3.
 */
export function headerOf(head: readonly string[], file: string) {
  const given = head.map((name, d) => name || `x${d}`)
  const taken = new Set(given)
  /** Of names that stand there so far. */
  const nextNumber = new Map<string, number>()
  const renamed = new Map<string, string[]>()
  const names = given.map((name) => {
    let number = nextNumber.get(name)
    if (number === undefined) {
      nextNumber.set(name, 2)
      return name
    }
    while (taken.has(`${name}_${number}`)) number++
    nextNumber.set(name, number + 1)
    const other = `${name}_${number}`
    const others = renamed.get(name)
    if (others) others.push(other)
    else renamed.set(name, [other])
    return other
  })
  const notes = [...renamed].slice(0, 5).map(([name, others]) => {
    const more = others.length > 3 ? ', …' : ''
    const list = others.slice(0, 3).map(printable).join(', ')
    const which = others.length === 1 ? 'the second is' : 'all but the first are'
    return `${file}: ${others.length + 1} columns are named ${printable(name)}: ${which} called ${list}${more}`
  })
  const unsaid = renamed.size - notes.length
  if (unsaid > 0) notes.push(`${file}: ${unsaid} more names stand there twice, and are numbered too`)
  return { names, notes }
}
