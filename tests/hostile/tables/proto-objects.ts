import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.json',
  content: () => '[{"__proto__":{"a":1},"b":3},{"__proto__":{"a":4},"b":6}]',
  is: 'read',
})
