import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.json',
  content: () => `[{"a":1},{"a":${'1'.repeat(310)}}]`,
  is: /row 2, column a is Infinity: give finite numbers/,
})
