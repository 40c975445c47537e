import { hostile } from '../input.ts'

/** One row of a seed. */
const rowOfSeed = {
  inputs: ['seed', 'index'].map((name) => ({ name, datatype: 'INT64', shape: [1], data: [1] })),
}

export default hostile({
  kind: 'request',
  path: '/v2/models/penguins/infer',
  body: () => JSON.stringify({ ...rowOfSeed, parameters: JSON.parse('{"__proto__":1}') }),
  status: 200,
  is: 'read',
})
