import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.json',
  content: () =>
    `[${[1, 2].map((x) => `{"a":{${Array.from({ length: 50_000 }, (_, i) => `"c${i}":${x}`).join(',')}}}`).join(',')}]`,
  is: 'read',
  isLarge: true,
})
