import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.json',
  content: () => '[{"a":1,"a":2},{"a":3,"a":4}]',
  is: 'read',
})
