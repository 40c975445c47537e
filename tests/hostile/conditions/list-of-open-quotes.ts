import { hostile } from '../input.ts'

export default hostile({
  kind: 'condition',
  text: () => `age in ${'"a,'.repeat(200_000)}`,
  is: /no column|unknown column/,
})
