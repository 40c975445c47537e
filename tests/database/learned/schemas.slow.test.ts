import { expect, it } from 'vitest'
import { InputError } from '../../../src/core/errors.ts'
import { exportDatabase, loadDatabase } from '../../../src/node/databases.ts'
import { trainDatabase } from '../../../src/node/train-databases.ts'
import { randomDatabase } from './random-schemas.ts'
import { wrongIn } from './valid-rows.ts'

/** The seeds of the databases: enough that circles, single rows, keys alone and reference data come in all places. */
const count = 60

it('any small schema is refused in a line before training, or its samples have valid references and unique keys', async () => {
  let refused = 0
  for (let seed = 0; seed < count; seed++) {
    const { schema, tables } = randomDatabase(seed)
    let begun = 0
    const trained = await trainDatabase({
      dataset: tables,
      schema,
      holdout: seed % 2 === 0 ? 0 : 0.25,
      steps: 3,
      hidden: [8],
      candidates: 1,
      onTable: () => begun++,
      onNote() {},
      onWarning() {},
    }).catch((error) => {
      expect([seed, error, begun]).toEqual([seed, expect.any(InputError), 0])
      expect(error.message).not.toContain('\n')
      refused++
    })
    if (!trained) continue
    const model = await loadDatabase(await exportDatabase({ run: trained }))
    const samples = await model.sample({ seed, onWarning() {} }).catch((error) => {
      throw new Error(`the samples of seed ${seed}`, { cause: error })
    })
    await model.dispose()
    expect([seed, wrongIn(samples)]).toEqual([seed, []])
  }
  // most are trained, so that this says something
  expect(refused).toBeLessThan(count / 3)
}, 600_000)
