import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.csv',
  content: () => 'a,b\n=1+1,@SUM(A1)\n"=cmd|\' /C calc\'!A0",+2\n',
  is: 'read',
})
