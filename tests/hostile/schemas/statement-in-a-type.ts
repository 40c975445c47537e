import { hostile } from '../input.ts'

export default hostile({
  kind: 'schema',
  content: () =>
    '{"format":1,"tables":{"a":{"columns":{"x":"number"},"declared":{"x":"INTEGER); DROP TABLE a; --"}}}}',
  is: /tables\.a\.declared\.x: give a type of SQLite/,
})
