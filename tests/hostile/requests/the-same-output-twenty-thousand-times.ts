import { hostile } from '../input.ts'

/** One row of a seed. */
const rowOfSeed = {
  inputs: ['seed', 'index'].map((name) => ({ name, datatype: 'INT64', shape: [1], data: [1] })),
}

export default hostile({
  kind: 'request',
  path: '/v2/models/penguins/infer',
  body: () =>
    JSON.stringify({ ...rowOfSeed, outputs: Array.from({ length: 20_000 }, () => ({ name: 'sex' })) }),
  status: 400,
  is: /output sex is asked for twice: ask for each once/,
})
