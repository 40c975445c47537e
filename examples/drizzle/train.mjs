/** Trains a model of each table of data/, and writes them to shop.moonstep: node train.mjs [steps] */
import { exportDatabase, trainDatabase } from 'moonstep'

const steps = process.argv[2] === undefined ? undefined : Number(process.argv[2])
const run = await trainDatabase({
  // as well an address such as postgres://user@host/shop, whose rows are only read
  dataset: 'data',
  steps,
  onTable: (table) => console.log(`training ${table}`),
})
const bytes = await exportDatabase({ run, out: 'shop.moonstep' })
console.log(`wrote shop.moonstep, ${Math.round(bytes.length / 1000)} kB`)
