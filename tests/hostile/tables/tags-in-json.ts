import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.json',
  content: () =>
    `[{"<img src=x onerror=alert(1)>":1,"b":"</script><script>"},{"<img src=x onerror=alert(1)>":2,"b":"</style>"}]`,
  is: 'read',
})
