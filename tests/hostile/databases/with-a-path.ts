import { zipSync } from 'fflate'
import { hostile } from '../input.ts'

export default hostile({
  kind: 'database',
  content: () => zipSync({ '../schema.json': new Uint8Array(3) }),
  is: /it has a part \.\.\/schema\.json/,
})
