/** A table of people: keys, names, e-mail addresses, texts in a form, two dates of which one is later, and numbers. */
export function staffTable(rows = 120): string {
  let state = 12345
  const below = (count: number) => {
    state = (state * 1103515245 + 12345) % 2 ** 31
    return Math.floor((state / 2 ** 31) * count)
  }
  const pick = <T>(all: readonly T[]): T => all[below(all.length)]!
  const letters = (first: string, count: number) =>
    first + Array.from({ length: count }, () => 'aeioulnrst'[below(10)]).join('')
  const capital = () => 'ABCDEFGHJKLMNPRSTUVWXYZ'[below(23)]!
  const lines = Array.from({ length: rows }, (_, i) => {
    const [first, last] = [letters(capital(), 5), letters(capital(), 6)]
    const start = Date.UTC(2019, 0, 1) + 86_400_000 * below(1500)
    const end = start + 86_400_000 * below(700)
    const day = (time: number) => new Date(time).toISOString().slice(0, 10)
    const team = pick(['sales', 'support', 'research'])
    const plate = `${capital()}${capital()}-${100 + below(900)}`
    return [
      5000 + i,
      first,
      last,
      `${first}.${last}@mail.test`.toLowerCase(),
      plate,
      team,
      team === 'research' ? 'Ghent' : pick(['Leeds', 'Malmo']),
      day(start),
      day(end),
      20 + below(45),
    ].join(',')
  })
  return `staff_id,first_name,last_name,email,plate,team,city,joined,left,age\n${lines.join('\n')}\n`
}
