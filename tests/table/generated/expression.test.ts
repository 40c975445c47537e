import { describe, expect, it } from 'vitest'
import { formOfExpression } from '../../../src/table/generated/expression.ts'
import { statedMaker } from '../../../src/table/generated/stated.ts'
import { expectRefused } from '../../helpers/refusals.ts'
import { textsOf } from './texts.ts'

describe('a stated regular expression', () => {
  it.each([
    String.raw`AB-\d{4}[A-F]{2}`,
    String.raw`^[A-Z]{2}-\d{3}-[A-Z]\d$`,
    String.raw`(NL|BE|DE)\d{8}`,
    String.raw`(?:Mr|Mrs)\. [A-Z][a-z]{3,8}`,
    String.raw`v\d{1,2}\.\d{1,3}\.\d{4}`,
    String.raw`[\w.]{6}@example\.com`,
    String.raw`[A-C\d\]_-]{6}x?`,
    String.raw`\+31 6\d{2}(-\d{3}){2}`,
    String.raw`.{5}\/\d\d?[a-z]`,
    String.raw`(ab|cd){2,3}-\d{4}`,
    String.raw`a{3}\d{5}?\\\s[é-ë]`,
    String.raw`x\d{4,6}?y`,
    String.raw`[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{3}`,
    String.raw`[a-z]{2,8}\d{4}`,
    '日本[一二三]{3}\\d{4}',
  ])('/%s/ makes texts that all differ and match it', (expression) => {
    const pattern = new RegExp(`^(?:${expression})$`, 'u')
    const texts = textsOf(formOfExpression(expression, 'code'), 1000)
    expect(texts.find((text) => !pattern.test(text))).toBeUndefined()
    expect(new Set(texts).size).toBe(1000)
  })

  it('makes the texts of each of its ways as often', () => {
    const texts = textsOf(formOfExpression(String.raw`(A|B|C|D)\d{6}`, 'code'), 512)
    for (const letter of 'ABCD') expect(texts.filter((text) => text.startsWith(letter)).length).toBe(128)
  })

  it('has all lengths that a count allows', () => {
    const texts = textsOf(formOfExpression(String.raw`\d{4}[a-z]{1,3}?`, 'code'), 300)
    expect(new Set(texts.map((text) => text.length))).toEqual(new Set([5, 6, 7]))
  })

  it.each([
    ['[a-', /it is no regular expression/],
    [String.raw`\d+`, /\* and \+ have no end: say how many, as in \{1,8\}/],
    ['[a-z]*', /\* and \+ have no end/],
    [String.raw`\d{4,}`, /\{4,\} has no end: say how many at most, as in \{4,8\}/],
    [String.raw`\d{1,900}`, /\{1,900\} is too many: give at most 200/],
    ['(?=a)b', /it has parts that only match: leave \(\?…\) out/],
    ['(?<year>a)', /it has parts that only match/],
    ['[^a]', /\[\^…\] allows any other character: give those that are wanted/],
    ['a[]', /\[\] has no character: give some/],
    [String.raw`\bA`, /\\b cannot be made: give the characters in \[ \]/],
    [String.raw`(a)\1`, /\\1 cannot be made/],
    ['a^b', /'\^' stands in its middle: leave it out/],
    ['(a|b){9}', /it has more than 256 ways to build a text: give fewer/],
    [String.raw`\d{4}|[0-9]{4}`, /it may build a text in two ways, and all are to differ/],
    [String.raw`A\d{4}|[A-Z]\d{4}`, /it may build a text in two ways/],
    [String.raw`\d{1,2}\d{1,2}`, /it may build a text in two ways/],
    ['(a|ab)(c|bc)', /it may build a text in two ways/],
  ])('/%s/ is refused, and why', (expression, message) => {
    expectRefused(() => formOfExpression(expression, 'code'), message)
    expectRefused(
      () => formOfExpression(expression, 'code'),
      `\`types\`: no texts of column code can be made from /${expression}/: `,
    )
  })
})

describe('a type', () => {
  it('states a form or a method of faker, if it is no kind', () => {
    expect(statedMaker(String.raw`/AB-\d{4}/`)).toEqual({ expression: String.raw`AB-\d{4}` })
    expect(statedMaker('/a/b/')).toEqual({ expression: 'a/b' })
    expect(statedMaker('internet.email')).toEqual({ method: 'internet.email' })
    expect(statedMaker('person.lastName:pt_BR')).toEqual({ method: 'person.lastName', locale: 'pt_BR' })
    for (const type of ['number', 'date:dmy', 'number:1.234,5', '//', 'person.', 'Person.name'])
      expect(statedMaker(type)).toBeUndefined()
  })
})
