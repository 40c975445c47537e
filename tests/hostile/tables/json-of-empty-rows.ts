import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.json',
  content: () => `[{${Array.from({ length: 5000 }, (_, i) => `"c${i}":1`).join(',')}}${',{}'.repeat(1000)}]`,
  is: /a\.json has 4,[\d,]+ cells or more, of which 5,000 have a value/,
})
