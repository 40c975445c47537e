import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.csv',
  content: () => 'a,b\n999999-01-01,1\n2020-01-02,2\n2020-01-03,3\n',
  is: 'read',
})
