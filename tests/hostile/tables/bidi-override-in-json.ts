import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.json',
  content: () => '[{"\u202eeman":[1]},{"\u202eeman":[2]}]',
  is: /column \\u\{202e\}eman: an array is no cell/,
})
