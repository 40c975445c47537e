import { hostile } from '../input.ts'

/** One row of a seed. */
const rowOfSeed = {
  inputs: ['seed', 'index'].map((name) => ({ name, datatype: 'INT64', shape: [1], data: [1] })),
}

export default hostile({
  kind: 'request',
  path: '/v2/models/penguins/infer',
  headers: { 'content-type': 'text/plain' },
  body: () => JSON.stringify(rowOfSeed),
  status: 415,
  is: /the body is 'text\/plain': send it with the header Content-Type: application\/json/,
})
