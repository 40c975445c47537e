import { hostile } from '../input.ts'

export default hostile({
  kind: 'condition',
  text: () => `${'a in '.repeat(100_000)}=1`,
  is: /no column|unknown column/,
})
