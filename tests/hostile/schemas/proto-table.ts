import { hostile } from '../input.ts'

export default hostile({
  kind: 'schema',
  content: () => '{"format":1,"tables":{"__proto__":{"columns":{"a":"number"}}}}',
  is: 'read',
})
