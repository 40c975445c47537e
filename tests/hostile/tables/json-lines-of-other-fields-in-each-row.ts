import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.jsonl',
  content: () => Array.from({ length: 3000 }, (_, i) => `{"a":{"c${i}":1}}\n`).join(''),
  is: /a\.jsonl has 4,[\d,]+ cells or more, of which 2,\d+ have a value/,
})
