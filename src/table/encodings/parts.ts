import { type CodeParts, lookUp } from './kind.ts'

/** A code of one block of this size. */
function single(size: number): CodeParts {
  return {
    sizes: [size],
    split: (code) => code,
    join: ([code]) => code!,
    graph: (_, [code]) => code!,
  }
}

/** A number. */
export const oneNumber = single(1)

/** The index of one of so many values. */
export const oneOf = single

/** Nothing that a network sees: a code is only a shape. */
export const nothing: CodeParts = { ...single(0), sizes: [], join: () => 0 }

/** An index as a number with a digit for each block, the highest first. */
export function digits(sizes: readonly number[]): CodeParts {
  const worth = sizes.map((_, k) => sizes.slice(k + 1).reduce((product, size) => product * size, 1))
  return {
    sizes,
    split: (code, k) => Math.floor(code / worth[k]!) % sizes[k]!,
    join: (codes) => codes.reduce((sum, digit, k) => sum + digit * worth[k]!, 0),
    graph(ops, codes, name) {
      const parts = codes.map((digit, k) =>
        ops.op('Mul', [digit, ops.constant(`${name}.counts_${k}`, [1, 1], [worth[k]!])]),
      )
      return parts.slice(1).reduce((total, part) => ops.op('Add', [total, part]), parts[0]!)
    },
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
  return {
    sizes: [1, codes.length + 1],
    split: (code, k) => (k === 0 || Number.isNaN(code) ? code : (indices.get(Math.fround(code)) ?? 0)),
    join: ([code, which]) => (which === 0 ? code! : codes[which! - 1]!),
    graph(ops, [code, which], name) {
      const others = lookUp(ops, [1, ...codes.map(() => 0)], which!, `${name}.others`)
      const frequent = lookUp(ops, [0, ...codes], which!, `${name}.frequent`)
      return ops.op('Add', [ops.op('Mul', [code!, others]), frequent])
    },
  }
}
