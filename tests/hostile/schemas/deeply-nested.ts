import { hostile } from '../input.ts'

export default hostile({
  kind: 'schema',
  content: () => `{"format":1,"tables":{"a":{"columns":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}}}`,
  is: /tables\.a\.columns\.a: give one of/,
})
