import { hostile } from '../input.ts'

export default hostile({
  kind: 'database',
  content: () => new Uint8Array(1000),
  is: /is no \.moonstep file, it is no zip/,
})
