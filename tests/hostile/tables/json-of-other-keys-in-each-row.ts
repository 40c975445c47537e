import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.json',
  content: () => `[${Array.from({ length: 3000 }, (_, i) => `{"c${i}":1}`).join(',')}]`,
  is: /a\.json has 4,[\d,]+ cells or more, of which 2,\d+ have a value: .*drop.* columns, or raise .*max-?size.* to 1\.0 GB or more if that is right/i,
})
