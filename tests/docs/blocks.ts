import { Lexer, type Tokens } from 'marked'

/**
 * A fenced block of a page. What stands after its language says what becomes of it:
 * `sh`, `ts`, `python` alone are run; `file=NAME` is written to that file; `output` is what the block before it
 * prints, exactly, or with `within=R` up to |printed - shown| <= R max(|shown|, 0.02) in its numbers; `opens=FILE` has
 * Chromium open a page of the folder after the block; `needs=torch` skips it where torch isn't there; `by-hand` is
 * read, never run.
 */
export interface Block {
  /** In the page, from 1. */
  readonly line: number
  readonly language: string
  readonly text: string
  readonly file?: string
  readonly opens?: string
  readonly needs?: string
  readonly within?: number
  readonly isOutput: boolean
  readonly isByHand: boolean
}

const languages = ['css', 'csv', 'html', 'json', 'python', 'sh', 'text', 'ts']
const runLanguages = ['python', 'sh', 'ts']

/** The blocks of a page, in order. Throws: a block that no test would run, write or compare. */
export function blocksOf(markdown: string, page: string): Block[] {
  const blocks: Block[] = []
  let line = 1
  for (const token of new Lexer().lex(markdown)) {
    if (token.type === 'code') blocks.push(blockOf(token as Tokens.Code, page, line))
    else if (hasCode(token))
      throw new Error(`${page}, line ${line}: a block of code within a ${token.type}: move it out`)
    line += token.raw.split('\n').length - 1
  }
  for (const [i, { isOutput, line }] of blocks.entries())
    if (isOutput && (i === 0 || blocks[i - 1]!.isOutput))
      throw new Error(`${page}, line ${line}: an output without a block before it`)
  return blocks
}

function blockOf({ lang = '', text, codeBlockStyle }: Tokens.Code, page: string, line: number): Block {
  const where = `${page}, line ${line}`
  if (codeBlockStyle === 'indented') throw new Error(`${where}: an indented block: fence it`)
  const [language = '', ...words] = lang.split(' ')
  if (!languages.includes(language))
    throw new Error(`${where}: a block of '${language}': it is one of ${languages.join(', ')}`)
  const named: Record<string, string> = {}
  for (const word of words) {
    const [, name, value = ''] = /^(file|opens|needs|within|output|by-hand)(?:=(.+))?$/.exec(word) ?? []
    if (name === undefined) throw new Error(`${where}: the marker ${word} is none`)
    named[name] = value
  }
  const { within, output, 'by-hand': byHand, ...paths } = named
  const isOutput = output !== undefined
  const isByHand = byHand !== undefined
  if (!isOutput && !isByHand && paths.file === undefined && !runLanguages.includes(language))
    throw new Error(`${where}: nothing runs a block of ${language}: give it file=NAME or output`)
  return {
    line,
    language,
    text,
    ...paths,
    ...(within !== undefined && { within: Number(within) }),
    isOutput,
    isByHand,
  }
}

function hasCode(token: object): boolean {
  const { type, tokens = [], items = [] } = token as { type: string; tokens?: object[]; items?: object[] }
  return type === 'code' || [...tokens, ...items].some(hasCode)
}
