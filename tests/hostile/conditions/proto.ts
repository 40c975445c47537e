import { hostile } from '../input.ts'

export default hostile({
  kind: 'condition',
  text: () => '__proto__=1',
  is: /no column|unknown column/,
})
