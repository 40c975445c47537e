import { hostile } from '../input.ts'

/** One row of a seed. */
const rowOfSeed = {
  inputs: ['seed', 'index'].map((name) => ({ name, datatype: 'INT64', shape: [1], data: [1] })),
}

export default hostile({
  kind: 'request',
  path: '/v2/models/penguins/infer',
  headers: { origin: 'http://evil.example' },
  body: () => JSON.stringify(rowOfSeed),
  status: 403,
  is: /a page of 'http:\/\/evil\.example' asks: only programs and the server's own pages may/,
})
