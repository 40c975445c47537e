import { hostile } from '../input.ts'

/** One row of a seed. */
const rowOfSeed = {
  inputs: ['seed', 'index'].map((name) => ({ name, datatype: 'INT64', shape: [1], data: [1] })),
}

export default hostile({
  kind: 'request',
  path: '/v2/models/penguins/infer',
  headers: { host: 'evil.example' },
  body: () => JSON.stringify(rowOfSeed),
  status: 421,
  is: /the host is 'evil\.example': this server answers for localhost/,
})
