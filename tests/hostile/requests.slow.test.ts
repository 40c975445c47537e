import { Writable } from 'node:stream'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { loadModel } from '../../src/node/providers.ts'
import { serve } from '../../src/serve/serve.ts'
import { expectAnswer, inputsOf } from './run.ts'

/** What a server logs is tested with the server. */
const log = new Writable({ write: (_chunk, _encoding, done) => done() })

let server: Awaited<ReturnType<typeof serve>>
beforeAll(async () => {
  const load = (path: string) => loadModel(path, { provider: 'reference' })
  server = await serve({ path: 'models', load, host: '127.0.0.1', port: 0, log, isQuiet: true })
})
afterAll(() => server.end(0))

// a request is a file in requests/: what a mend of the server answers rightly from then on is added there
it.each(await inputsOf('request'))(
  'a hostile request: %s',
  async (_, { path, headers, body, status, is }) => {
    const answer = await fetch(`${server.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: body(),
    })
    const text = await answer.text()
    expect(answer.status, text.slice(0, 1000)).toBe(status)
    expectAnswer(is === 'read' ? {} : { refused: JSON.parse(text).error }, is)
  },
)
