/** Trains a model on rows in memory, exports and samples it, and prints how far the samples are from held-out rows. */
import { evaluate, exportModel, loadModel, sample, toRows, train } from 'moonstep'

// heights in cm, and matching weights in kg
const people = Array.from({ length: 2000 }, (_, i) => {
  const height = 150 + (i % 50) + 0.1 * (i % 7)
  return { height, weight: Math.round(0.9 * (height - 100) + 8 * Math.sin(i)) }
})
const [known, heldOut] = [people.slice(0, 1500), people.slice(1500)]

const steps = Number(process.argv[2] ?? 3000)
const trained = await train({ dataset: known, steps })
const { model: bytes } = await exportModel({ run: trained })
const model = await loadModel(bytes)
const { table } = await sample(model, { count: 500, seed: 1 })
const { ratio } = await evaluate({ samples: table, data: heldOut })

console.log(model.card.columns.join(','))
for (const { height, weight } of toRows(table).slice(0, 5)) console.log(`${height},${weight}`)
console.log(`sliced Wasserstein-2: ${ratio.slicedWasserstein2.toFixed(1)} times real against real`)
await model.dispose()
