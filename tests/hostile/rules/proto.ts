import { hostile } from '../input.ts'

export default hostile({
  kind: 'rule',
  text: () => '__proto__ <= a',
  is: /column a is '__proto__': give a number|no column/,
})
