import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { WebSocket } from 'ws'
import type { DrivenPage } from './driven-page.ts'

/**
 * A page of a headless Firefox, by WebDriver BiDi (w3.org/TR/webdriver-bidi), which Debian's Firefox speaks itself;
 * playwright drives only a Firefox of its own.
 */
export async function startFirefox(path: string): Promise<DrivenPage> {
  const profile = mkdtempSync(join(tmpdir(), 'moonstep-firefox-'))
  const flags = ['--headless', '--no-remote', '--remote-debugging-port=0', '--profile', profile]
  const firefox = spawn(path, flags, { stdio: ['ignore', 'ignore', 'pipe'] })
  process.once('exit', () => firefox.kill())
  const socket = new WebSocket(`${await addressOf(firefox)}/session`)
  await once(socket, 'open')

  const answers = new Map<number, (answer: Answer) => void>()
  socket.on('message', (text) => {
    const answer = JSON.parse(String(text)) as Answer
    answers.get(answer.id)?.(answer)
  })
  let lastId = 0
  const send = async <R>(method: string, params: object): Promise<R> => {
    const id = ++lastId
    const answered = new Promise<Answer>((resolve) => answers.set(id, resolve))
    socket.send(JSON.stringify({ id, method, params }))
    const { type, result, error, message } = await answered
    if (type === 'error') throw new Error(`${method}: ${error}: ${message}`)
    return result as R
  }

  await send('session.new', { capabilities: {} })
  const { contexts } = await send<{ contexts: { context: string }[] }>('browsingContext.getTree', {})
  const { context } = contexts[0]!
  return {
    open: (url) => send('browsingContext.navigate', { context, url, wait: 'complete' }),
    async evaluate(expression) {
      const { type, result, exceptionDetails } = await send<Evaluation>('script.evaluate', {
        expression: `(async () => JSON.stringify((await (${expression})) ?? null))()`,
        target: { context },
        awaitPromise: true,
      })
      if (type === 'exception') throw new Error(exceptionDetails.text)
      return JSON.parse(result.value)
    },
    async close() {
      socket.close()
      firefox.kill()
      if (firefox.exitCode === null && firefox.signalCode === null) await once(firefox, 'exit')
      rmSync(profile, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

interface Answer {
  readonly id: number
  readonly type: 'success' | 'error' | 'event'
  readonly result: unknown
  readonly error: string
  readonly message: string
}

interface Evaluation {
  readonly type: 'success' | 'exception'
  readonly result: { readonly value: string }
  readonly exceptionDetails: { readonly text: string }
}

/** Where Firefox listens, which it says on stderr. */
async function addressOf(firefox: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: firefox.stderr! })) {
    const address = /^WebDriver BiDi listening on (ws:\S+)$/.exec(line)?.[1]
    if (address) {
      // what it says later must not fill the pipe
      firefox.stderr!.resume()
      return address
    }
  }
  throw new Error('Firefox ended without a WebDriver BiDi address')
}
