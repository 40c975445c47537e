import { hostile } from '../input.ts'

export default hostile({
  kind: 'rule',
  text: () => 'a < \u202eb',
  is: /\\u\{202e\}b/,
})
