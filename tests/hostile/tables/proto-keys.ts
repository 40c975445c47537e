import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.json',
  content: () => '[{"__proto__":1,"constructor":2,"b":3},{"__proto__":4,"constructor":5,"b":6}]',
  is: 'read',
})
