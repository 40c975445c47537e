import { describe, expect, it } from 'vitest'
import { checkRules, rulesOf } from '../../src/browser/rules.ts'
import { fitTable } from '../../src/table/encodings/fit.ts'
import { tableFrom } from '../../src/table/inference/rows.ts'
import { parseRules } from '../../src/table/rules/parse.ts'

const orders = tableFrom(
  Array.from({ length: 40 }, (_, i) => ({
    quantity: 1 + (i % 5),
    price: 2 + (i % 7),
    total: (1 + (i % 5)) * (2 + (i % 7)),
    state: i % 3 === 0 ? 'sent' : 'open',
  })),
  'orders.csv',
)

describe('rules in a page', () => {
  it('are checked on the rows of a table', () => {
    expect(() => checkRules(['total = quantity * price', 'quantity <= total'], orders)).not.toThrow()
    expect(() => checkRules(['total <= quantity'], orders)).toThrow(
      /^rule total <= quantity: 40 of 40 rows of orders\.csv break it, first row 1/,
    )
    expect(() => checkRules(['totals > 0'], orders)).toThrow(/totals.*total/)
  })

  it('are listed as a user states them', () => {
    const stated = ['total = quantity * price', 'if state = sent then quantity >= 1']
    const rules = parseRules(stated, ['quantity', 'price', 'total', 'state'])
    expect(rulesOf({ ...fitTable(orders), rules })).toEqual(stated)
    expect(rulesOf(fitTable(orders))).toEqual([])
  })
})
