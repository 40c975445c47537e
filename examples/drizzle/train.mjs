/** Trains a model of each table of data/, and writes them to shop.moonstep: node train.mjs [steps] */
import { exportModel, readDatabase, train } from 'moonstep'

const steps = process.argv[2] === undefined ? undefined : Number(process.argv[2])
const run = await train({
  // as well an address such as postgres://user@host/shop, whose rows are only read
  dataset: await readDatabase('data'),
  steps,
  onTable: (table) => console.log(`training ${table}`),
})
const { model } = await exportModel({ run, out: 'shop.moonstep' })
console.log(`wrote shop.moonstep, ${Math.round(model.length / 1000)} kB`)
