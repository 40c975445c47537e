/**
 * A permutation of the whole numbers below `size`, up to 2^53, which a key chooses: a Feistel network of six rounds on
 * numbers in two digits, repeated while it leaves the range (Black and Rogaway, "Ciphers with arbitrary finite domains",
 * CT-RSA 2002). It needs no memory, so that any index finds its place by itself.
 */
export function permutation(size: number, [a, b]: readonly [number, number]): (index: number) => number {
  const rows = Math.ceil(Math.sqrt(size))
  const columns = Math.ceil(size / rows)
  return (index) => {
    let place = index
    do {
      let row = place % rows
      let column = Math.floor(place / rows)
      for (let round = 0; round < 6; round += 2) {
        row = (row + mixed(column, a + round, b)) % rows
        column = (column + mixed(row, a, b + round)) % columns
      }
      place = column * rows + row
    } while (place >= size)
    return place
  }
}

/** 32 bits of a number and a key: the finalizer of MurmurHash3, twice. */
function mixed(value: number, a: number, b: number): number {
  return finalized(finalized(value ^ a) ^ b ^ Math.floor(value / 2 ** 32)) >>> 0
}

function finalized(word: number): number {
  let x = word
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return x ^ (x >>> 16)
}
