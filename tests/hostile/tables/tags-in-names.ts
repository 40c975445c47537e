import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: '<img src=x onerror=alert(1)>.csv',
  content: () =>
    '<img src=x onerror=alert(1)>,</script><script>alert(1)</script>\n1,<b>\n2,</title>\n3,<b>\n',
  is: 'read',
})
