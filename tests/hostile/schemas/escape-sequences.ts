import { hostile } from '../input.ts'

export default hostile({
  kind: 'schema',
  content: () => '{"format":1,"tables":{"\\u001b[31m":{"columns":{"\\u202ea":"\\u0007"}}}}',
  is: /\\u\{1b\}\[31m.*\\u\{202e\}a: give one of/,
})
