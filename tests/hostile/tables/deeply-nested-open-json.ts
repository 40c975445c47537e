import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.jsonl',
  content: () => '[{"a":'.repeat(100_000),
  is: /line 1, column 600001: it ends too early/,
})
