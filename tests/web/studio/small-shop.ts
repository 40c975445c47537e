/** Customers, their orders, and the items of these, as CSV files by name: few rows, so that a training takes seconds. */
export const smallShop: Readonly<Record<string, string>> = makeShop(20)

function makeShop(count: number): Record<string, string> {
  // a generator of Lehmer
  let state = 11
  const below = (limit: number) => {
    state = (state * 48_271) % 2_147_483_647
    return state % limit
  }
  const day = () => `2024-${String(1 + below(12)).padStart(2, '0')}-${String(1 + below(28)).padStart(2, '0')}`
  const customers = Array.from({ length: count }, (_, i) => [
    101 + i,
    ['BE', 'DE', 'FR'][below(3)],
    18 + below(60),
  ])
  const orders = customers.flatMap(([id]) =>
    Array.from({ length: below(4) }, () => [id, day(), ['post', 'pick-up'][below(2)]]),
  )
  const numbered = orders.map((order, i) => [7001 + i, ...order])
  const items = numbered.flatMap(([order]) =>
    Array.from({ length: 1 + below(2) }, (_, k) => [
      order,
      k + 1,
      ['pen', 'book', 'lamp'][below(3)],
      1 + below(5),
    ]),
  )
  const csv = (names: string, rows: readonly (readonly unknown[])[]) =>
    `${names}\n${rows.map((row) => row.join()).join('\n')}\n`
  return {
    'customers.csv': csv('id,country,age', customers),
    'orders.csv': csv('order_no,customer_id,placed,sent', numbered),
    'items.csv': csv('order_no,line,product,quantity', items),
  }
}
