import { hostile } from '../input.ts'

/** One row of a seed. */
const rowOfSeed = {
  inputs: ['seed', 'index'].map((name) => ({ name, datatype: 'INT64', shape: [1], data: [1] })),
}

export default hostile({
  kind: 'request',
  path: '/v2/models/penguins/infer',
  body: () => JSON.stringify({ ...rowOfSeed, parameters: { given: `a${' '.repeat(16_000)}x` } }),
  status: 400,
  is: /give a column and its value/,
})
