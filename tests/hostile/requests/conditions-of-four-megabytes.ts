import { hostile } from '../input.ts'

/** One row of a seed. */
const rowOfSeed = {
  inputs: ['seed', 'index'].map((name) => ({ name, datatype: 'INT64', shape: [1], data: [1] })),
}

export default hostile({
  kind: 'request',
  path: '/v2/models/penguins/infer',
  body: () => JSON.stringify({ ...rowOfSeed, parameters: { given: 'a'.repeat(4_000_000) } }),
  status: 400,
  is: /the conditions have more than 16384 characters: give fewer/,
})
