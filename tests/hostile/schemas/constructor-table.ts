import { hostile } from '../input.ts'

export default hostile({
  kind: 'schema',
  content: () =>
    '{"format":1,"tables":{"constructor":{"columns":{"constructor":"number","__proto__":"number"},"key":["constructor"]}}}',
  is: 'read',
})
