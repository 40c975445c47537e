import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.json',
  content: () => '[{"\\ud800":1,"b":2},{"\\ud800":3,"b":"x"}]',
  is: 'read',
})
