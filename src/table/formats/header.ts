import { printable } from '../../core/format.ts'

/** The names of a first line of trimmed cells, all different, and what to note about them. */
export interface Header {
  readonly names: readonly string[]
  readonly notes: readonly string[]
}

/**
 * Names the columns of `file` by its first line. An empty cell is called by its place, x0, x1, …; a name that stands there
 * again gets a number: name, name_2, name_3.
 */
export function headerOf(head: readonly string[], file: string): Header {
  const given = head.map((name, d) => name || `x${d}`)
  const taken = new Set(given)
  const seen = new Set<string>()
  const nextNumber = new Map<string, number>()
  const renamed = new Map<string, string[]>()
  const names = given.map((name) => {
    if (!seen.has(name)) {
      seen.add(name)
      return name
    }
    let number = nextNumber.get(name) ?? 2
    while (taken.has(`${name}_${number}`)) number++
    nextNumber.set(name, number + 1)
    const other = `${name}_${number}`
    taken.add(other)
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
  return {
    names,
    notes:
      unsaid > 0
        ? [...notes, `${file}: ${unsaid} more names stand there twice, and are numbered too`]
        : notes,
  }
}
