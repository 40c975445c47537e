import { printable } from '../../core/format.ts'
import { ruleProblem } from './kind.ts'

export interface Token {
  readonly text: string
  /** A column's name in double quotes, a text in single quotes, a sign, or a word, which may be either. */
  readonly is: 'column' | 'text' | 'sign' | 'word'
}

const pattern =
  /\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(<=|>=|!=|<|>|=|\*|\+|,|\(|\))|([^\s"'<>=!*+,()]+))/gy

/** The words, names, texts and signs of a rule. Throws InputError on quotes that do not end. */
export function tokensOf(rule: string): Token[] {
  const tokens: Token[] = []
  const all = new RegExp(pattern)
  for (;;) {
    const from = all.lastIndex
    const match = all.exec(rule)
    if (!match) {
      const rest = rule.slice(from).trim()
      if (rest !== '')
        throw ruleProblem(rule, `'${printable(rest.slice(0, 20))}' cannot be read: close its quotes`)
      return tokens
    }
    const [, column, text, sign, word] = match
    if (column !== undefined) tokens.push({ is: 'column', text: unescaped(column) })
    else if (text !== undefined) tokens.push({ is: 'text', text: unescaped(text) })
    else tokens.push(sign !== undefined ? { is: 'sign', text: sign } : { is: 'word', text: word! })
  }
}

function unescaped(quoted: string): string {
  return quoted.replaceAll(/\\(?:u([\da-f]{4})|(.))/gis, (_, code: string | undefined, letter: string) =>
    code === undefined ? letter : String.fromCharCode(Number.parseInt(code, 16)),
  )
}
