import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.json',
  content: () => `[{${Array.from({ length: 1_000_000 }, (_, i) => `"c${i}":1`).join(',')}}]`,
  is: /has more than 65,536 columns/,
  isLarge: true,
})
