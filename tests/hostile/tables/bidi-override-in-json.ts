import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.json',
  content: () => '[{"\u202eabc":[1]},{"\u202eabc":[2]}]',
  is: /column \\u\{202e\}abc: an array is no cell/,
})
