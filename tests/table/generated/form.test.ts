import { describe, expect, it } from 'vitest'
import { avoidedOf } from '../../../src/table/generated/avoid.ts'
import { describeForm } from '../../../src/table/generated/describe-form.ts'
import type { Form } from '../../../src/table/generated/form.ts'
import { generatorOf } from '../../../src/table/generated/index.ts'
import type { Part } from '../../../src/table/generated/part.ts'
import { hashOf } from '../../../src/table/inference/cells.ts'
import { expectRefused, expectRejected } from '../../helpers/refusals.ts'
import { digits, hex, lower, textsOf, upper } from './texts.ts'

const formOf = (parts: readonly Part[], isUnique = true): Form => ({
  by: 'form',
  alternatives: [{ share: 256, parts }],
  isUnique,
})

const forms: Readonly<Record<string, readonly [Form, RegExp]>> = {
  'six digits': [formOf([{ of: digits, min: 6, max: 6 }]), /^\d{6}$/],
  'a plate': [
    formOf([{ of: upper, min: 2, max: 2 }, { text: '-' }, { of: digits, min: 3, max: 5 }]),
    /^[A-Z]{2}-\d{3,5}$/,
  ],
  'a number of a range': [
    formOf([{ text: 'v' }, { from: 3, to: 999 }, { text: '.' }, { from: 0, to: 2000 }]),
    /^v([3-9]|\d\d|\d\d\d)\.([01]?\d{1,3}|2000)$/,
  ],
  'more digits than 2^53 numbers have': [formOf([{ of: hex, min: 32, max: 32 }]), /^[0-9a-f]{32}$/],
  'a counter': [formOf([{ text: 'AB-' }, { counter: 9990, width: 4 }]), /^AB-(999\d|[1-9]\d{4})$/],
  'two ways': [
    {
      by: 'form',
      alternatives: [
        { share: 200, parts: [{ text: 'x' }, { of: digits, min: 6, max: 6 }] },
        { share: 56, parts: [{ text: 'y' }, { of: lower, min: 5, max: 7 }] },
      ],
      isUnique: true,
    },
    /^(x\d{6}|y[a-z]{5,7})$/,
  ],
}

describe('unique texts of a form', () => {
  it.each(Object.keys(forms))('of %s all differ, as 20,000 of them do, and have the form', (name) => {
    const [form, pattern] = forms[name]!
    const texts = textsOf(form, 20_000)
    expect(new Set(texts).size).toBe(texts.length)
    expect(texts.find((text) => !pattern.test(text))).toBeUndefined()
  })

  it('are functions of the seed, the column and the index alone', () => {
    for (const [form] of Object.values(forms).slice(0, 4)) {
      const texts = textsOf(form, 300)
      expect(textsOf(form, 100)).toEqual(texts.slice(0, 100))
      expect(textsOf(form, 300, { seed: 2 })).not.toEqual(texts)
      expect(textsOf(form, 300, { name: 'other' })).not.toEqual(texts)
    }
  })

  it('count on with a digit more when the width is used up', () => {
    expect(textsOf(formOf([{ text: 'AB-' }, { counter: 9998, width: 4 }]), 4)).toEqual([
      'AB-9998',
      'AB-9999',
      'AB-10000',
      'AB-10001',
    ])
    expect(textsOf(formOf([{ counter: 7, width: 3 }]), 1)).toEqual(['007'])
  })

  it('have room for what their parts tell apart, of several ways in full rounds of 256, and are refused beyond', () => {
    const parts = [{ text: 'k' }, { of: digits, min: 3, max: 3 }]
    expect(new Set(textsOf(formOf(parts), 1000)).size).toBe(1000)
    const stated = { ...formOf(parts), isStated: true }
    expectRefused(() => textsOf(stated, 1001), 'its format has room for 1,000 texts')
    // a form that is found goes on
    expect(new Set(textsOf(formOf(parts), 2500)).size).toBe(2500)
    expect(textsOf(formOf(parts), 1001)[1000]).toMatch(/^k\d{3}-2$/)
    const letters = [{ of: upper, min: 3, max: 3 }]
    const alternatives = [
      { share: 255, parts },
      { share: 1, parts: letters },
    ]
    const form: Form = { by: 'form', alternatives, isUnique: true, isStated: true }
    expect(new Set(textsOf(form, 768)).size).toBe(768)
    expectRefused(
      () => textsOf(form, 1024),
      'column code: its format has room for 768 texts that all differ and are not in the rows: draw at most 768 rows, or train with a longer format in `types`, such as code=/[A-Z]{8}/',
    )
  })

  it('of few characters use each one that is not in the rows, and none that is', () => {
    const parts = [{ text: 'AB-' }, { of: digits, min: 4, max: 4 }]
    const rows = Array.from({ length: 500 }, (_, k) => `AB-${String(17 * k).padStart(4, '0')}`)
    const form: Form = { ...formOf(parts), isStated: true, avoided: avoidedOf(new Set(rows.map(hashOf))) }
    // about a fifth of 10,000
    const texts = textsOf(form, 1800)
    expect(new Set([...texts, ...rows]).size).toBe(2300)
    expectRefused(() => textsOf(form, 3000), /its format has room for (1,[89]|2,[0-6])\d\d texts/)
  })
})

describe('texts of a form', () => {
  it('have the shares of their ways in each 256, in an order by chance', () => {
    const [form] = forms['two ways']!
    const texts = textsOf(form, 2560)
    const rounds = Array.from({ length: 10 }, (_, k) => texts.slice(256 * k, 256 * (k + 1)))
    for (const round of rounds) expect(round.filter((text) => text.startsWith('x')).length).toBe(200)
    const orders = rounds.map((round) => round.map((text) => text[0]).join(''))
    expect(new Set(orders).size).toBe(10)
  })

  it('have choices by their weights, and lengths alike, within chance', () => {
    const texts = textsOf(
      formOf([
        { choices: ['a', 'bb', 'c'], weights: [1, 2, 5] },
        { of: digits, min: 5, max: 8 },
      ]),
      16_000,
    )
    const shareOf = (pattern: RegExp) => texts.filter((text) => pattern.test(text)).length / texts.length
    const expected: [RegExp, number][] = [
      [/^a/, 1 / 8],
      [/^bb/, 2 / 8],
      [/^c/, 5 / 8],
      ...[5, 6, 7, 8].map((length): [RegExp, number] => [new RegExp(`[abc]\\d{${length}}$`), 1 / 4]),
    ]
    // five standard errors
    for (const [pattern, share] of expected)
      expect(Math.abs(shareOf(pattern) - share)).toBeLessThan(5 * Math.sqrt((share * (1 - share)) / 16_000))
  })

  it.each([true, false])('have every character as often in each place, unique or not: %s', (isUnique) => {
    const texts = textsOf(formOf([{ of: hex, min: 32, max: 32 }], isUnique), 4000)
    for (let place = 0; place < 32; place++)
      for (const char of hex) {
        const count = texts.filter((text) => text[place] === char).length
        expect(Math.abs(count - 250)).toBeLessThan(6 * Math.sqrt(250))
      }
  })

  it('that may repeat are refused only if none may be made', () => {
    const form = formOf([{ choices: ['a', 'b'], weights: [1, 1] }], false)
    expect(new Set(textsOf(form, 100)).size).toBe(2)
    const avoided = { groups: 1, free: btoa('\0') }
    expectRefused(() => textsOf({ ...form, avoided }, 1), /nearly all texts of its format are in the rows/)
  })
})

describe('a form', () => {
  it('is described by its commonest way', () => {
    const parts: Part[] = [
      { of: upper, min: 2, max: 2 },
      { text: '-' },
      { from: 1, to: 50 },
      { choices: ['.a', '.b'], weights: [1, 1] },
      { of: lower, min: 1, max: 3 },
      { of: hex, min: 2, max: 2 },
      { counter: 7, width: 3 },
    ]
    expect(describeForm(formOf(parts))).toBe('AA-{1..50}{2 texts}axx007, all different')
    expect(describeForm(forms['two ways']![0])).toBe('x999999 and 1 like it, all different')
  })

  it.each([
    [{ alternatives: [] }, /the shares must add up to 256/],
    [
      { alternatives: [{ share: 256, parts: [{ of: '', min: 1, max: 1 }] }] },
      /column code: how its texts are made/,
    ],
    [{ alternatives: [{ share: 256, parts: [{ of: 'a', min: 1, max: 1e9 }] }] }, /train the model anew/],
    [{ by: 'other' }, /column code: how its texts are made, by/],
  ])('of a card is refused if it is none: %j', async (fields, message) => {
    const maker = { ...formOf([{ text: 'a' }]), ...fields } as Form
    await expectRejected(() => generatorOf([{ name: 'code', kind: 'text', maker }]), message)
  })
})
