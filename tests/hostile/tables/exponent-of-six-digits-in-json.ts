import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.json',
  content: () => '[{"a":-0},{"a":1e999999}]',
  is: /row 2, column a is Infinity: give finite numbers/,
})
