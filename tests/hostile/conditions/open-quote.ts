import { hostile } from '../input.ts'

export default hostile({
  kind: 'condition',
  text: () => `"${'a'.repeat(500_000)}=1`,
  is: /no column|unknown column/,
})
