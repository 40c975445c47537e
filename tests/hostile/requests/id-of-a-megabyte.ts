import { hostile } from '../input.ts'

/** One row of a seed. */
const rowOfSeed = {
  inputs: ['seed', 'index'].map((name) => ({ name, datatype: 'INT64', shape: [1], data: [1] })),
}

export default hostile({
  kind: 'request',
  path: '/v2/models/penguins/infer',
  body: () => JSON.stringify({ ...rowOfSeed, id: 'x'.repeat(1_000_000) }),
  status: 400,
  is: /id has 1000000 characters: give at most 256/,
})
