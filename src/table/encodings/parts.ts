import type { CodeParts } from './kind.ts'

/** The index of one of so many values, or a number: a code of one block. */
export function oneOf(size: number): CodeParts {
  return { sizes: [size], split: (code) => code, join: (_, [code]) => code! }
}

export const oneNumber = oneOf(1)

/** Nothing that a network sees: a code is only a shape. */
export const nothing: CodeParts = { sizes: [], split: (code) => code, join: (ops) => ops.number(0) }

/** An index as a number with a digit for each block, the highest first. */
export function digits(sizes: readonly number[]): CodeParts {
  const worth = sizes.map((_, k) => sizes.slice(k + 1).reduce((product, size) => product * size, 1))
  return {
    sizes,
    split: (code, k) => Math.floor(code / worth[k]!) % sizes[k]!,
    join: (ops, codes) =>
      codes
        .map((digit, k) => ops.multiply(digit, ops.number(worth[k]!)))
        .reduce((total, part) => ops.add(total, part)),
  }
}

/**
 * A number, and which frequent value it is: 0 for none of them. A frequent value has its own code, whatever the number is.
 *
 * @param codes - The codes of the frequent values.
 */
export function withFrequent(codes: readonly number[]): CodeParts {
  // codes are kept in float32
  const indices = new Map(codes.map((code, k) => [Math.fround(code), k + 1]))
  const frequent = [0, ...codes]
  return {
    sizes: [1, codes.length + 1],
    split: (code, k) => (k === 0 || Number.isNaN(code) ? code : (indices.get(Math.fround(code)) ?? 0)),
    join: (ops, [code, which]) =>
      ops.select(ops.isAtLeast(which!, ops.number(1)), ops.lookUp(frequent, which!), code!),
  }
}
