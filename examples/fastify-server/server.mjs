/**
 * Serves samples of a model over HTTP:
 *
 *     node server.mjs [model.onnx] [port]
 *     curl 'localhost:3000/samples?count=3&seed=7'       rows as JSON
 *     curl 'localhost:3000/samples.csv?count=1000000'    as CSV, as fast as you read it
 */
import { Readable } from 'node:stream'
import Fastify from 'fastify'
import { InputError, loadModel, sample, sampleStream, toRows } from 'moonstep'

const { 2: file = new URL('model.onnx', import.meta.url), 3: port = '3000' } = process.argv
const model = await loadModel(file)
const { columns } = model.card
const server = Fastify()

const querystring = {
  type: 'object',
  properties: {
    count: { type: 'integer', minimum: 1, default: 10 },
    seed: { type: 'integer', minimum: 0, default: 0 },
    from: { type: 'integer', minimum: 0, default: 0 },
  },
}

/** A line of CSV, with quotes around what needs them; a gap is empty. */
function lineOf(cells) {
  const quoted = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  return `${cells.map((cell) => quoted(String(cell ?? ''))).join(',')}\n`
}

server.get('/samples', { schema: { querystring } }, async ({ query }) => {
  const { table } = await sample(model, query)
  return toRows(table)
})

server.get('/samples.csv', { schema: { querystring } }, ({ query }, reply) => {
  // if the client disconnects, the loop ends, and so does the sampling
  async function* lines() {
    yield lineOf(columns)
    for await (const { table } of sampleStream(model, query))
      yield toRows(table)
        .map((row) => lineOf(columns.map((name) => row[name])))
        .join('')
  }
  return reply.type('text/csv').send(Readable.from(lines()))
})

// for wrong input from the client: 400 and the error message
server.setErrorHandler((error, _, reply) =>
  reply.code(error instanceof InputError || error.validation ? 400 : 500).send({ error: error.message }),
)

for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, async () => {
    await server.close()
    await model.dispose()
  })

console.log(`listening on ${await server.listen({ port: Number(port) })}`)
