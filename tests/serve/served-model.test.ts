import { afterAll, beforeAll, expect, it } from 'vitest'
import { loadModel } from '../../src/node/providers.ts'
import { limits } from '../../src/serve/refusal.ts'
import { ServedModel } from '../../src/serve/served-model.ts'
import { givenFrom } from '../../src/table/given.ts'
import { toRows } from '../../src/table/inference/rows.ts'

let model: ServedModel
beforeAll(async () => {
  const watch = { onBatch() {}, onRun() {}, onWorkerLost() {} }
  const load = (path: string) => loadModel(path, { provider: 'simd', threads: 1 })
  model = await ServedModel.load({ name: 'penguins', path: 'models/penguins/sampler.onnx', load, watch })
})
afterAll(() => model.retire())

const draw = (seed: number, count: number, given: readonly string[] = []) =>
  model.draw({ ranges: [{ seed, from: 0, count }], given: givenFrom(given), seconds: 60 })

const unlikely = ['species=Adelie', 'flipper_length_mm>=228']

it('an unlikely condition delays neither its batch nor later requests, and ends after its draws', async () => {
  const ends: string[] = []
  const ended = (name: string) => () => ends.push(name)
  const refused = draw(1, 1, unlikely).rows.catch((error) => error.message)
  void refused.then(ended('unlikely'))
  const same = draw(2, 5).rows.finally(ended('same batch'))
  await same
  await draw(3, 5).rows.finally(ended('later'))
  // what some rows miss is drawn again in turns
  const likely = await draw(4, 50, ['body_mass_g>=4000']).rows.finally(ended('drawn again'))
  expect(await refused).toMatch(
    new RegExp(`does not meet flipper_length_mm >= 228 in ${limits.draws} draws: give a wider condition`),
  )
  expect(ends).toEqual(['same batch', 'later', 'drawn again', 'unlikely'])
  for (const { body_mass_g } of toRows(likely.table)) expect(Number(body_mass_g)).toBeGreaterThanOrEqual(4000)
})

it('outputs are asked for once each', () => {
  expect(model.outputsNamed(['year', 'x_0']).map(({ name }) => name)).toEqual(['year', 'x_0'])
  expect(() => model.outputsNamed(['x_0', 'year', 'x_0'])).toThrow(
    'output x_0 is asked for twice: ask for each once',
  )
})

it.each(['json', 'binary'] as const)(
  'the bytes of rows in %s are never more than estimated',
  async (form) => {
    const { pieces } = await (async () => {
      const { writeInferAnswer } = await import('../../src/serve/infer-http.ts')
      const rows = await draw(1, 300).rows
      const asked = { id: undefined, outputs: undefined, isBinary: form === 'binary', ranges: [], seconds: 1 }
      return writeInferAnswer(model, asked, model.outputs, rows, [], async () => {})
    })()
    const bytes = pieces.reduce((sum, { length }) => sum + length, 0)
    const estimated = model.outputs.reduce((sum, { rowBytes }) => sum + 300 * rowBytes[form], 0)
    const names = 200 * model.outputs.length
    expect(bytes).toBeLessThanOrEqual(estimated + names)
    expect(bytes).toBeGreaterThan(estimated / 3)
  },
)
