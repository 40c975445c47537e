import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import type { DrivenPage } from './driven-page.ts'

const browser = '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser'

/** A page of WebKitGTK's own browser, by its WebDriver (w3.org/TR/webdriver), on a screen that is not there. */
export async function startWebKit(): Promise<DrivenPage> {
  const port = await freePort()
  // X has no displays as high as ports
  const number = port % 30_000
  const display = `:${number}`
  const screen = spawn('Xvfb', [display, '-screen', '0', '1000x800x24'], { stdio: 'ignore' })
  const driver = spawn('WebKitWebDriver', [`--port=${port}`, '--host=127.0.0.1'], {
    // root has no sandbox of its own in a container; there is no GPU either
    env: { ...process.env, DISPLAY: display, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' },
    stdio: 'ignore',
  })
  const send = async <R>(method: string, path: string, body?: object): Promise<R> => {
    const headers = { 'content-type': 'application/json' }
    const init = body ? { method, headers, body: JSON.stringify(body) } : { method }
    const { value } = (await (await fetch(`http://127.0.0.1:${port}/${path}`, init)).json()) as Answer
    if (value?.error) throw new Error(`${path}: ${value.error}: ${value.message}`)
    return value as R
  }
  const end = () => {
    driver.kill()
    screen.kill()
  }
  process.once('exit', end)
  const isReady = () =>
    send('GET', 'status').then(
      () => existsSync(`/tmp/.X11-unix/X${number}`),
      () => false,
    )
  for (let wait = 0; !(await isReady()); wait++) {
    if (wait > 100) throw new Error('WebKitWebDriver, or Xvfb, does not start')
    await setTimeout(100)
  }

  const options = { binary: browser, args: ['--automation'] }
  const capabilities = { alwaysMatch: { 'webkitgtk:browserOptions': options } }
  const { sessionId } = await send<{ sessionId: string }>('POST', 'session', { capabilities })
  const session = `session/${sessionId}`
  await send('POST', `${session}/timeouts`, { script: 60_000 })
  return {
    open: (url) => send('POST', `${session}/url`, { url }),
    async evaluate(expression) {
      const script = `const end = arguments[0]
        Promise.resolve(${expression}).then((value) => end({ value }), (error) => end({ fault: String(error) }))`
      const { value, fault } = await send<Evaluation>('POST', `${session}/execute/async`, {
        script,
        args: [],
      })
      if (fault) throw new Error(fault)
      return value as never
    },
    async close() {
      await send('DELETE', session)
      end()
    },
  }
}

interface Answer {
  readonly value: { readonly error?: string; readonly message?: string } | null
}

interface Evaluation {
  readonly value?: unknown
  readonly fault?: string
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
