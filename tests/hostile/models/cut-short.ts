import { readFileSync } from 'node:fs'
import { hostile } from '../input.ts'

export default hostile({
  kind: 'model',
  content: () => readFileSync('models/penguins/model.onnx').subarray(0, -1000),
  is: /model/,
})
