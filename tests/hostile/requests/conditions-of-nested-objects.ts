import { hostile } from '../input.ts'

/** One row of a seed. */
const rowOfSeed = {
  inputs: ['seed', 'index'].map((name) => ({ name, datatype: 'INT64', shape: [1], data: [1] })),
}

export default hostile({
  kind: 'request',
  path: '/v2/models/penguins/infer',
  body: () =>
    JSON.stringify({ ...rowOfSeed, parameters: { given: 0 } }).replace(
      ':0}',
      `:${'{"a":'.repeat(100_000)}0${'}'.repeat(100_000)}}`,
    ),
  status: 400,
  is: /parameter given is an object: give a text of conditions/,
})
