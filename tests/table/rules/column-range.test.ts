import { describe, expect, it } from 'vitest'
import { type Range, rangeTest } from '../../../src/table/rules/column-range.ts'
import type { Column } from '../../../src/table/table.ts'
import { expectRefused } from '../../helpers/refusals.ts'

const day: Column = { name: 'day', kind: 'date', form: 'YYYY-MM-DD' }
const minute: Column = { name: 'at', kind: 'date', form: 'YYYY-MM-DD HH:mm' }
const age: Column = { name: 'age', kind: 'integer' }
const state: Column = { name: 'state', kind: 'category', categories: ['CA', 'NY', 'TX'] }
const paid: Column = { name: 'paid', kind: 'boolean', categories: ['no', 'yes'] }
const price: Column = { name: 'price', kind: 'number', numberForm: { prefix: '$', group: ',' } }

const time = (text: string) => Date.parse(`${text}Z`)

describe('a range', () => {
  it.each<[Column, Range, number[], number[]]>([
    [age, { from: 18, to: 20 }, [18, 19, 20], [17, 21]],
    [age, { above: 18, below: '20' }, [19], [18, 20]],
    [age, { from: 18, above: 18 }, [19], [18]],
    [age, { from: 18, above: 17 }, [18], [17]],
    [age, { in: [3, '5'], not: [5] }, [3], [4, 5]],
    [price, { from: '$1,200', to: '1300.5' }, [1200, 1300.5], [1199, 1301]],
    [state, { in: ['CA', 'TX'] }, [0, 2], [1]],
    [state, { not: ['CA'] }, [1, 2], [0]],
    [paid, { in: [true] }, [1], [0]],
    [paid, { in: ['YES'] }, [1], [0]],
    [day, { to: '2020-02-29' }, [time('2020-02-29T00:00')], [time('2020-03-01T00:00')]],
    // a day means all of it
    [minute, { to: '2020-02-29' }, [time('2020-02-29T23:59')], [time('2020-03-01T00:00')]],
    [minute, { above: '2020-02-29' }, [time('2020-03-01T00:00')], [time('2020-02-29T23:59')]],
    [minute, { from: '2020-02-29' }, [time('2020-02-29T00:00')], [time('2020-02-28T23:59')]],
    [minute, { below: '2020-02-29' }, [time('2020-02-28T23:59')], [time('2020-02-29T00:00')]],
    [minute, { to: '2020-02-29 12:00' }, [time('2020-02-29T12:00')], [time('2020-02-29T12:01')]],
  ])('of %j, %j, holds its cells and no others', (column, range, within, beyond) => {
    const meets = rangeTest({ column: column.name, ...range }, column)
    expect(within.map(meets)).toEqual(within.map(() => true))
    expect([...beyond, Number.NaN].map(meets)).toEqual([...beyond, Number.NaN].map(() => false))
  })

  it('of missing cells holds them alone', () => {
    expect([Number.NaN, 1].map(rangeTest({ column: 'age', isSet: false }, age))).toEqual([true, false])
    expect([Number.NaN, 1].map(rangeTest({ column: 'age', isSet: true }, age))).toEqual([false, true])
  })

  it.each<[Column, Range, string]>([
    [
      state,
      { from: 'CA' },
      'column state is a category, which has no order: give values, as in state in a, b',
    ],
    [paid, { below: true }, 'column paid is a boolean, which has no order'],
    [age, { from: 'old' }, "column age is 'old': give a number"],
    [state, { in: ['CAA'] }, "column state is 'CAA' (did you mean CA?): choose from CA, NY, TX"],
    [day, { to: 'June' }, "column day is 'June': give a date such as YYYY-MM-DD"],
  ])('of %j is refused if it is %j', (column, range, message) => {
    expectRefused(() => rangeTest({ column: column.name, ...range }, column), message)
  })
})
