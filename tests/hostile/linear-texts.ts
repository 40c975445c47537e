/** Moonstep's own parsers, and texts of any length that would take a parser that goes back the longest. */
import { expect } from 'vitest'
import { inFlags, withoutKinds } from '../../src/cli/command.ts'
import { InputError } from '../../src/core/errors.ts'
import { namingOperator } from '../../src/foreign/operators.ts'
import { parsePythonJson } from '../../src/foreign/settings.ts'
import { conditionIn, listIn } from '../../src/table/condition-text.ts'
import { isDateForm, readDates } from '../../src/table/dates.ts'
import { readCsv } from '../../src/table/formats/csv.ts'
import { headHasMore } from '../../src/table/formats/csv-head.ts'
import { readJson, readJsonLines } from '../../src/table/formats/json.ts'
import { validLength } from '../../src/table/formats/json-problem.ts'
import { namesIn, withNumber } from '../../src/table/generated/faker.ts'
import { FormFinder } from '../../src/table/generated/find-form.ts'
import { TextSummary } from '../../src/table/generated/text-summary.ts'
import { isWhole, losesDigits, numberOf } from '../../src/table/inference/cells.ts'
import { readNumber } from '../../src/table/number-form.ts'
import { rowNameOf } from '../../src/table/row-type.ts'
import { tokensOf } from '../../src/table/rules/tokens.ts'
import { leftOutIn, plain } from '../../web/studio/src/advice.ts'
import { visited } from '../helpers/visited.ts'

/** A text of about so many characters. */
type TextOf = (length: number) => string

export interface LinearParser {
  readonly name: string
  /** Reads a text, or refuses it. */
  readonly read: (text: string) => unknown
  readonly texts: Readonly<Record<string, TextOf>>
}

const repeated =
  (part: string, before = '', after = ''): TextOf =>
  (length) =>
    `${before}${part.repeat(Math.ceil(length / part.length))}${after}`

/** A text in pieces, as a file arrives. */
async function* pieces(text: string) {
  for (let at = 0; at < text.length; at += 2 ** 16) yield text.slice(at, at + 2 ** 16)
}

const options = { choice: {}, minRows: 2 }

export const linearParsers: readonly LinearParser[] = [
  {
    name: 'a condition',
    read: conditionIn,
    texts: {
      'spaces after a name': repeated(' ', 'a', 'x'),
      'spaces before a sign that is none': repeated(' ', 'a', '!x'),
      'a name of many words': repeated('a in ', 'a ', '=1'),
      'an open quote': repeated('a', '"'),
      'quotes alone': repeated('"'),
      'quotes in pairs': repeated('""', '"'),
      'signs that are none': repeated('!'),
    },
  },
  {
    name: 'the values of a list',
    read: listIn,
    texts: {
      'open quotes': repeated('"a,'),
      'three quotes each': repeated('"""a,'),
      'quotes with spaces': repeated('  "a"  x,'),
      commas: repeated(','),
      spaces: repeated(' '),
    },
  },
  {
    name: 'a rule',
    read: tokensOf,
    texts: {
      'an open quote': repeated('a', '"'),
      'escapes in an open quote': repeated('\\"', '"'),
      spaces: repeated(' ', '', '!'),
      comparisons: repeated('a<'),
    },
  },
  {
    name: 'a number',
    read: (text) => [numberOf(text, false), numberOf(text, true), isWhole(text), readNumber(text, '.')],
    texts: {
      'digits and a letter': repeated('1', '', 'x'),
      'digits, a point, digits and a letter': (length) =>
        `${'1'.repeat(length / 2)}.${'1'.repeat(length / 2)}x`,
      'digits with commas': repeated('1,'),
      'an exponent and a letter': repeated('1', '1e', 'x'),
    },
  },
  {
    name: 'the digits of a whole number',
    read: (text) => losesDigits(text, Number(text)),
    texts: { digits: repeated('9'), zeros: repeated('0', '', '9') },
  },
  {
    name: 'a date',
    read: (text) => readDates(text, true),
    texts: {
      digits: repeated('1'),
      letters: repeated('A', '', '1'),
      colons: repeated('1:'),
      zeros: repeated('0', '12345678.', 'x'),
    },
  },
  {
    name: 'the form of dates',
    read: isDateForm,
    texts: { years: repeated('YYYY-'), letters: repeated('M') },
  },
  {
    name: 'the head of a CSV',
    read: (text) => headHasMore(text, 2 ** 16),
    texts: { spaces: repeated(' '), commas: repeated('a,') },
  },
  {
    name: 'CSV',
    read: (text) => readCsv(text, 'a.csv'),
    texts: {
      'one cell': repeated('a', '', '\n1\n2\n'),
      'an open quote': repeated('a', '"'),
      'open quotes': repeated('a,"b ', 'x,y\n1,2\n', '\n'),
      'a quoted cell': repeated('""', 'a\n"', '"\n1\n'),
      'lines in quotes': repeated('\n', 'a\n"', '"\n1\n'),
      'spaces between cells': repeated(' ', 'a b\n1 2\n3', '4\n'),
      'spaces around lines': repeated(' \n', 'a b\n1 2\n', '3 4\n'),
      'spaces in a cell': repeated(' ', 'a,b\n1,2\n3', '4,5\n'),
      'digits and a letter': repeated('1', 'a\n1\n', 'x\n'),
      'blank lines': repeated('\n', '', 'a\n1\n2\n'),
      'a carriage return each': repeated('\r', 'a\r1\r', '2\r'),
      'the same name': (length) => `${repeated('a,')(Math.min(length, 60_000))}b\n`,
    },
  },
  {
    name: 'JSON',
    read: (text) => readJson(pieces(text), 'a.json', options),
    texts: {
      spaces: repeated(' ', '[', '1'),
      'brackets that open': repeated('['),
      'brackets in a row': repeated('[', '[{"a":', ']'),
      'an open string': repeated('a', '["'),
      escapes: repeated('\\"', '["'),
      digits: repeated('1', '[{"a":1},{"a":', 'x}]'),
      'empty arrays': repeated('[],', '[', '[]]'),
      'values one after the other': repeated('{}', '', '{'),
    },
  },
  {
    name: 'lines of JSON',
    read: (text) => readJsonLines(pieces(text), 'a.jsonl', options),
    texts: {
      'one line': repeated('1', '{"a":'),
      'blank lines': repeated('\n', '', '{'),
      strings: repeated('"a",', '[', 'x'),
    },
  },
  {
    name: 'the place of a problem in JSON',
    read: validLength,
    texts: { digits: repeated('1', '', 'x'), strings: repeated('"a",', '[', 'x'), brackets: repeated('[') },
  },
  {
    name: 'what texts have in common',
    read: (text) => new TextSummary().add(text),
    texts: {
      'an address of many dots': repeated('.a', 'a@', ' '),
      'an address without an end': repeated('a', '', '@a'),
      spaces: repeated(' ', 'a', 'b'),
      digits: repeated('1', '', 'x1'),
      'letters and digits': repeated('a1'),
    },
  },
  {
    name: 'the last number of a text',
    read: (text) => new FormFinder().addLater(text),
    texts: { digits: repeated('1', '', 'x'), numbers: repeated('1x') },
  },
  {
    name: 'the names of a person',
    read: (text) => [namesIn({ fullName: text }), withNumber(text, '7')],
    texts: {
      spaces: repeated(' ', 'a', 'b'),
      titles: repeated('Dr. ', '', '1'),
      'a long title': repeated('a', '', '. b'),
      digits: repeated('1', '', 'x@y'),
    },
  },
  {
    name: 'JSON of Python',
    read: (text) => parsePythonJson(text, 'scheduler_config.json'),
    texts: {
      'escaped quotes in an open string': repeated('\\"', '"'),
      'an open string': repeated('a', '{"'),
      'endless numbers': repeated('-Infinity,', '[', ']'),
    },
  },
  {
    name: 'a message of onnxruntime',
    read: (text) => namingOperator(new Error(text), { provider: 'wasm', name: 'a', bytes: new Uint8Array() }),
    texts: {
      'a name without spaces': repeated('a'),
      'many nodes': repeated("Provider type for a node with name '"),
      'operators of a coming version': repeated('Opset 1 is under development'),
    },
  },
  {
    name: "the name of a file's rows",
    read: rowNameOf,
    texts: { letters: repeated('a', '', '/'), endings: repeated('.onnx'), signs: repeated('-', 'a', 'b') },
  },
  {
    name: 'a message that gives a column a kind',
    read: (text) => [inFlags(text), withoutKinds(text), plain(text), leftOutIn(text)],
    texts: {
      'open kinds': repeated('{ types: { a'),
      'open kinds of clauses': repeated(': { types: { '),
      kinds: repeated("{ types: { a: 'b' } }"),
      columns: repeated('column a: '),
      commas: repeated(', or '),
      'open quotes': repeated('{ types: { "a'),
    },
  },
]

/** So often a character may be looked at: each pass through a text counts, and each copy of it. */
const most = 40

/** Expects that a parser looks at each character of a text a few times, and through no expression that may go back. */
export async function expectLinear(read: LinearParser['read'], text: string): Promise<void> {
  const { characters, expressions } = await visited(async () => {
    try {
      await read(text)
    } catch (error) {
      expect(error).toBeInstanceOf(InputError)
    }
  })
  expect(characters).toBeLessThan(most * text.length)
  expect([...expressions].filter((each) => !linearExpressions.includes(each))).toEqual([])
}

/**
 * The expressions that repeat something without a bound and may see a long text. Each is anchored or sticky, and what it repeats
 * has no character in common with what may follow, so that it goes back at most once through what it found; or it is a single
 * class. Before a line is added here, the package recheck has to call the expression linear or safe.
 */
const linearExpressions: readonly string[] = [
  // cells: a number, a whole number, a code, and a decimal comma
  /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i,
  /^[+-]?\d+$/,
  /^[+-]?0\d+$/,
  /^([+-]?\d*),(\d+)/,
  /^\d{8,13}(\.0*)?$/,
  // the name of a column of ids
  /^((.*[ _.-])?(id|key|uuid)|index|idx|rownames|unnamed: ?\d+|__index_level_\d+__)$/i,
  // tokens of rules
  /\s*/y,
  /([<>!]=|[<>=*+,()])|[^\s"'<>=!*+,()]+/y,
  // words
  /\s+/,
  // the pieces of a text, an address, and a title
  /(\d+)|(\p{Lu}+)|(\p{Ll}+)|(\p{L}+)|([^\d\p{L}])/gu,
  /([\d\p{L}]+)|([^\d\p{L}])/gu,
  /(\S+)|(\s)/gu,
  /^[^@\s]+@[^@\s][^@\s.]*\.[^@\s]+$/,
  /^\p{L}+\.$/u,
  // the kind of a column in a message
  /\{ types: \{ ("(?:[^"\\\p{C}]|\\(?:["\\/bfnrt]|u[\da-f]{4}))*"|[^\s:"]+): '([^']+)' \} \}/gu,
  /([,:;]) (?:or )?[^,:;{(]*(?:\{ types: \{ (?:(?!\{ types: ).)+? \} \}(?: or )?)+(?: (?:keeps|makes)[^,:;]*)?(, or )?| \(\{ types: \{ (?:(?!\{ types: ).)+? \} \} keeps it\)/g,
  /: \{ types: \{(?:(?!\{ types: ).)*?\} \} makes it the other/g,
  /\{ types: \{(?:(?!\{ types: ).)*?\} \} (?:keeps|gives|makes) [^,:;]*/g,
  /say it with \{ types: \{(?:(?!\{ types: ).)*?\} \} or \{ types: \{(?:(?!\{ types: ).)*?\} \}/g,
  /\{ types: \{(?:(?!\{ types: ).)*?\} \}/g,
].map(String)
