import { hostile } from '../input.ts'

export default hostile({
  kind: 'schema',
  content: () => '{"format":1,"tables":{',
  is: /is no JSON/,
})
