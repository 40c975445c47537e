import { writeNpy } from '../../../src/table/formats/npy.ts'
import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.npy',
  content: () =>
    writeNpy(
      new Float64Array(100_000).map((_, i) => i),
      [2, 50_000],
    ),
  is: 'read',
  isLarge: true,
})
