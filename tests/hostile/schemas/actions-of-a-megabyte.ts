import { hostile } from '../input.ts'

export default hostile({
  kind: 'schema',
  content: () =>
    `{"format":1,"tables":{"a":{"columns":{"x":"number"},"references":[{"columns":["x"],"table":"b","actions":"${'ON DELETE CASCADE '.repeat(60_000)}"}]}}}`,
  is: /actions: give actions/,
})
