import { hostile } from '../input.ts'

/** One row of a seed. */
const rowOfSeed = {
  inputs: ['seed', 'index'].map((name) => ({ name, datatype: 'INT64', shape: [1], data: [1] })),
}

export default hostile({
  kind: 'request',
  path: '/v2/models/penguins/infer',
  body: () => JSON.stringify({ ...rowOfSeed, parameters: { given: '\x1b[31m-a=1' } }),
  status: 400,
  is: /unknown column \\u\{1b\}\[31m-a/,
})
