/**
 * Serves samples of a model over HTTP:
 *
 *     node server.mjs [model.onnx] [port]
 *     curl 'localhost:3000/samples?count=3&seed=7'       rows as JSON
 *     curl 'localhost:3000/samples.csv?count=1000000'    as CSV, as fast as you read it
 */
import { Readable } from 'node:stream'
import Fastify from 'fastify'
import { InputError, loadModel, sample, sampleStream } from 'moonstep'

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

/** The rows of points [count, columns]. */
function rowsOf({ data, count, dim }) {
  return Array.from({ length: count }, (_, i) => Array.from(data.subarray(i * dim, (i + 1) * dim)))
}

server.get('/samples', { schema: { querystring } }, async ({ query }) => {
  const { points } = await sample(model, query)
  return rowsOf(points).map((row) => Object.fromEntries(row.map((value, d) => [columns[d], value])))
})

server.get('/samples.csv', { schema: { querystring } }, ({ query }, reply) => {
  // if the client disconnects, the loop ends, and so does the sampling
  async function* lines() {
    yield `${columns.join(',')}\n`
    for await (const { points } of sampleStream(model, query))
      yield `${rowsOf(points)
        .map((row) => row.join(','))
        .join('\n')}\n`
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
