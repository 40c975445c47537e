import { hostile } from '../input.ts'

export default hostile({
  kind: 'model',
  content: () => Buffer.alloc(1_000_000, 0x3b),
  is: /./,
})
