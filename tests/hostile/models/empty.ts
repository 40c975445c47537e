import { hostile } from '../input.ts'

export default hostile({
  kind: 'model',
  content: () => new Uint8Array(),
  is: /./,
})
