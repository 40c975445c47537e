/** How many characters a parser looks at: a count, so that linear time is tested without a clock. */

/** What a parser looked at. */
export interface Visited {
  /** Characters that its calls on strings looked at, at most: a call that searches or copies counts as far as it goes. */
  readonly characters: number
  /** The regular expressions with a quantifier that were applied to a text longer than `shortText`. */
  readonly expressions: ReadonlySet<string>
}

/** On a text of fewer characters than this, even a slow expression is done at once. */
export const shortText = 1000

type Method = (this: unknown, ...args: unknown[]) => unknown

/** What a call looks at, by the string, what was found and what was asked. */
const costs: Readonly<Record<string, (text: string, result: unknown, args: readonly unknown[]) => number>> = {
  startsWith: (_, __, [part]) => String(part).length,
  endsWith: (_, __, [part]) => String(part).length,
  indexOf: (text, found, [, from = 0]) =>
    ((found as number) < 0 ? text.length : Number(found)) - Number(from) + 1,
  lastIndexOf: (text, found) => text.length - Number(found),
  slice: (_, result) => String(result).length,
  substring: (_, result) => String(result).length,
  ...Object.fromEntries(
    [
      'includes',
      'trim',
      'trimStart',
      'trimEnd',
      'split',
      'match',
      'matchAll',
      'replace',
      'replaceAll',
      'search',
    ].map((name) => [name, (text: string) => text.length]),
  ),
}

/** Whether an expression repeats something without a bound: only such a one can go back often. */
function isUnbounded({ source }: RegExp): boolean {
  const bare = source.replaceAll(/\\.|\[(?:[^\]\\]|\\.)*\]/gs, 'x')
  return /[*+]|\{\d+,\}/.test(bare)
}

/** Counts what `work` looks at. Reading by an index, text[i], is not seen: count it by charAt or charCodeAt. */
export async function visited(work: () => unknown): Promise<Visited> {
  let characters = 0
  const expressions = new Set<string>()
  const restore: (() => void)[] = []
  let isWithin = false
  const watch = (
    prototype: object,
    name: string | symbol,
    count: (self: unknown, result: unknown, args: unknown[], from: number) => void,
  ) => {
    const original = Reflect.get(prototype, name) as Method
    const watched: Method = function (...args) {
      if (isWithin) return Reflect.apply(original, this, args)
      isWithin = true
      const from = this instanceof RegExp ? this.lastIndex : 0
      try {
        const result = Reflect.apply(original, this, args)
        count(this, result, args, from)
        return result
      } finally {
        isWithin = false
      }
    }
    Reflect.set(prototype, name, watched)
    restore.push(() => Reflect.set(prototype, name, original))
  }
  const noteExpression = (expression: unknown, text: string) => {
    if (expression instanceof RegExp && text.length > shortText && isUnbounded(expression))
      expressions.add(String(expression))
  }
  // nearly every call of a scanner
  for (const name of ['charAt', 'charCodeAt', 'codePointAt'] as const) {
    const original = String.prototype[name] as (this: string, at: number) => unknown
    Reflect.set(String.prototype, name, function (this: string, at: number) {
      characters++
      return original.call(this, at)
    })
    restore.push(() => Reflect.set(String.prototype, name, original))
  }
  for (const [name, cost] of Object.entries(costs))
    watch(String.prototype, name, (self, result, args) => {
      const text = String(self)
      characters += cost(text, result, args)
      noteExpression(args[0], text)
    })
  for (const name of ['exec', 'test'])
    watch(RegExp.prototype, name, (self, result, [text], from) => {
      const { lastIndex, sticky, global } = self as RegExp
      const found = result as RegExpExecArray | boolean | null
      // a sticky expression looks at its own place alone, and reads on only what it finds
      if (sticky) characters += 1 + (found ? lastIndex - from : 0)
      else characters += (global && found ? lastIndex : String(text).length) - (global ? from : 0)
      noteExpression(self, String(text))
    })
  try {
    await work()
  } finally {
    for (const undo of restore.reverse()) undo()
  }
  return { characters, expressions }
}
