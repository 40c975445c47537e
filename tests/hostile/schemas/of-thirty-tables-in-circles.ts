import { hostile } from '../input.ts'

const names = Array.from({ length: 30 }, (_, k) => `t${k}`)

/** Each table refers to each other one. */
const tables = names.map((name) => {
  const others = names.filter((other) => other !== name)
  const columns = Object.fromEntries(['id', ...others].map((column) => [column, 'integer']))
  return [name, { columns, key: ['id'], references: others.map((table) => ({ columns: [table], table })) }]
})

export default hostile({
  kind: 'schema',
  content: () => JSON.stringify({ format: 1, tables: Object.fromEntries(tables) }),
  is: 'read',
})
