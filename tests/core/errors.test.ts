import { expect, it } from 'vitest'
import { InputError, outOfRange, unknownName, wrongType } from '../../src/core/errors.ts'
import { printableJson } from '../../src/core/format.ts'
import { loadModel, readTable } from '../../src/index.ts'

const hostile = 'a\u001b[31m\u001b]0;x\u0007\r\u202e\u0007\u009b\u200b\u2028\ud800z'
const shown = 'a\\u{1b}[31m\\u{1b}]0;x\\u{7}\\u{d}\\u{202e}\\u{7}\\u{9b}\\u{200b}\\u{2028}\\u{d800}z'

it('a message is one printable line, and the value stays as it is', () => {
  const error = new InputError(`${hostile}\nend`, 'bad-data', { option: 'rows', value: hostile })
  expect([error.message, error.value]).toEqual([`${shown} end`, hostile])
  for (const { message } of [
    outOfRange('rows', hostile, hostile),
    wrongType('rows', hostile, hostile),
    unknownName('column', hostile, [hostile, `${hostile}2`]),
  ])
    expect(message).toContain(shown)
})

it("the API's messages are printable whatever a file, a name or an option holds", async () => {
  const name = hostile.replaceAll('\ud800', '')
  const thrown = async (action: () => unknown) => {
    const error = await Promise.resolve()
      .then(action)
      .catch((error: Error) => error)
    expect(error).toBeInstanceOf(InputError)
    expect((error as Error).message).not.toMatch(/[\p{C}\u2028\u2029]/u)
  }
  const model = await loadModel('models/penguins/model.onnx')
  await thrown(() => readTable(`/${name}.csv`))
  await thrown(() => loadModel(`/${name}.onnx`))
  await thrown(() => model.sample({ count: 1, given: { [name]: 1 } }))
  await thrown(() => model.sample({ count: 1, given: { species: name } }))
  await thrown(() => model.sample({ count: 1, [name]: 1 } as never))
  await thrown(() => loadModel('models/penguins/model.onnx', { provider: name as never }))
  await model.dispose()
})

it('a text in JSON is read back, and has no character that a terminal obeys', () => {
  expect(printableJson(`${hostile}"\\`)).not.toMatch(/[\p{C}\u2028\u2029]/u)
  expect(JSON.parse(printableJson(`${hostile}"\\`))).toBe(`${hostile}"\\`)
})
