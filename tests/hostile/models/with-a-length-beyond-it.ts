import { hostile } from '../input.ts'

export default hostile({
  kind: 'model',
  content: () => Buffer.concat([Buffer.from([0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f]), new Uint8Array(100)]),
  is: /./,
})
