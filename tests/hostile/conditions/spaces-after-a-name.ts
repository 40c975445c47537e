import { hostile } from '../input.ts'

export default hostile({
  kind: 'condition',
  text: () => `a${' '.repeat(30_000)}x`,
  is: /give a column and its value/,
})
