/** The shortest decimal that reads back as the same float32. */
export function shortFloat32(x: number): number {
  const rounded = Math.fround(x)
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(rounded.toPrecision(digits))
    if (Math.fround(short) === rounded) return short
  }
  return Number(rounded.toPrecision(9))
}
