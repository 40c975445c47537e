/** Numbers from a seed: mulberry32. */
export function generator(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let z = Math.imul(state ^ (state >>> 15), state | 1)
    z = (z + Math.imul(z ^ (z >>> 7), z | 61)) ^ z
    return Math.floor((((z ^ (z >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

type Random = (below: number) => number
type Mutation = (file: Uint8Array, random: Random) => Uint8Array

const join = (...parts: Uint8Array[]) => Buffer.concat(parts)

function slice(file: Uint8Array, random: Random): [from: number, to: number] {
  const from = random(file.length)
  return [from, Math.min(file.length, from + 1 + random(2 ** random(14)))]
}

/** A varint that says 2^28 to 2^63. */
const lengths = [
  [0xff, 0xff, 0xff, 0x7f],
  [0xff, 0xff, 0xff, 0xff, 0x07],
  [0xff, 0xff, 0xff, 0xff, 0x0f],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
].map((bytes) => Uint8Array.from(bytes))

/** Tags of fields that hold a message or bytes (wire type 2), by number. */
const tags = Array.from({ length: 16 }, (_, field) => 8 * field + 2)

export const mutations: Readonly<Record<string, Mutation>> = {
  'bit flips'(file, random) {
    const copy = Uint8Array.from(file)
    for (let n = 1 + random(3); n > 0; n--) copy[random(copy.length)]! ^= 1 << random(8)
    return copy
  },
  'bit flips outside the weights'(file, random) {
    // structure and card lie at both ends of the file and between the initializers; text is dense there
    const copy = Uint8Array.from(file)
    const at = random(2) ? random(3000) : copy.length - 1 - random(Math.min(copy.length, 16_000))
    copy[at]! ^= 1 << random(8)
    return copy
  },
  'bytes overwritten'(file, random) {
    const copy = Uint8Array.from(file)
    const [from, to] = slice(file, random)
    const fixed = random(2) ? random(256) : undefined
    for (let k = from; k < to; k++) copy[k] = fixed ?? random(256)
    return copy
  },
  truncation: (file, random) => file.slice(0, random(file.length)),
  insertion(file, random) {
    const at = random(file.length)
    return join(
      file.subarray(0, at),
      Uint8Array.from({ length: 1 + random(64) }, () => random(256)),
      file.subarray(at),
    )
  },
  'a slice twice'(file, random) {
    const [from, to] = slice(file, random)
    const at = random(2) ? to : random(file.length)
    return join(file.subarray(0, at), file.subarray(from, to), file.subarray(at))
  },
  'slices swapped'(file, random) {
    const [a, b, c] = [random(file.length), random(file.length), random(file.length)].sort((x, y) => x - y)
    return join(file.subarray(0, a), file.subarray(b, c), file.subarray(a, b), file.subarray(c))
  },
  'a length blown up'(file, random) {
    // a byte that looks like a tag, and whatever follows it is its length
    let at = random(file.length - 2)
    while (at < file.length - 2 && !tags.includes(file[at]!)) at++
    return join(file.subarray(0, at + 1), lengths[random(lengths.length)]!, file.subarray(at + 2))
  },
  'a digit of the card'(file, random) {
    const copy = Uint8Array.from(file)
    const card = Buffer.from(file.buffer, file.byteOffset, file.length).lastIndexOf('moonstep.card')
    let at = card + random(file.length - card)
    while (at < copy.length && !(copy[at]! >= 48 && copy[at]! < 58)) at++
    if (at < copy.length) copy[at] = 48 + random(10)
    return copy
  },
  nesting(file, random) {
    // groups in groups, or graphs in attributes of nodes in graphs without their lengths
    const deep = Uint8Array.from({ length: 1000 * (1 + random(40)) }, () => (random(50) ? 0x7b : 0x3a))
    const at = random(2) ? random(file.length) : file.length
    return join(file.subarray(0, at), deep, file.subarray(at))
  },
}
