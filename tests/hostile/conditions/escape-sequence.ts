import { hostile } from '../input.ts'

export default hostile({
  kind: 'condition',
  text: () => '\x1b[31m-a=1',
  is: /no column|unknown column/,
})
