import { hostile } from '../input.ts'

export default hostile({
  kind: 'condition',
  text: () => 'a\0b',
  is: /(`given`|--given) a\\u\{0\}b: give a column and its value/,
})
