import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { loadModel } from '../../src/node/providers.ts'
import { serve } from '../../src/serve/serve.ts'
import type { RequestInput } from './input.ts'
import { expectAnswer, inputsOf } from './run.ts'

/** What a server logs is tested with the server. */
const log = new Writable({ write: (_chunk, _encoding, done) => done() })

let server: Awaited<ReturnType<typeof serve>>
beforeAll(async () => {
  const load = (path: string) => loadModel(path, { provider: 'reference' })
  server = await serve({ path: 'models', load, host: '127.0.0.1', port: 0, log, isQuiet: true })
})
afterAll(() => server.end(0))

/** Sends a request as it is: `fetch` would set a host and more of its own. */
async function answerOf({ path, headers, body }: Pick<RequestInput, 'path' | 'headers' | 'body'>) {
  const sent = request(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
  })
  const answered = once(sent, 'response') as Promise<[IncomingMessage]>
  sent.end(body())
  const [answer] = await answered
  return { status: answer.statusCode, content: await text(answer) }
}

// a request is a file in requests/: what a mend of the server answers rightly from then on is added there
it.each(await inputsOf('request'))('a hostile request: %s', async (_, { status, is, ...sent }) => {
  const answer = await answerOf(sent)
  expect(answer.status, answer.content.slice(0, 1000)).toBe(status)
  expectAnswer(is === 'read' ? {} : { refused: JSON.parse(answer.content).error }, is)
})
