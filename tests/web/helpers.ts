import { createReadStream, existsSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { chromiumPath } from '../helpers/needs.ts'

export const root = new URL('../..', import.meta.url).pathname

const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
}

export interface Site {
  readonly url: string
  /** The paths asked for so far. */
  readonly requests: string[]
  close(): void
}

/** The headers that isolate a page, so that WASM may have threads. */
const isolating = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
}

/** Serves folders by the beginning of the path, `/` last; what is not there is 404. */
export async function serveFolders(
  folders: Readonly<Record<string, string>>,
  { isolated = false } = {},
): Promise<Site> {
  const requests: string[] = []
  const server: Server = createServer((request, response) => {
    if (isolated) response.setHeaders(new Map(Object.entries(isolating)))
    const path = request.url === '/' ? '/index.html' : request.url!
    requests.push(path)
    const prefix = Object.keys(folders).find((each) => path.startsWith(each))!
    const file = join(folders[prefix]!, path.slice(prefix.length))
    if (!existsSync(file)) response.writeHead(404).end()
    else
      createReadStream(file).pipe(
        response.setHeader('content-type', types[extname(file)] ?? 'application/octet-stream'),
      )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    requests,
    close: () => server.close(),
  }
}

/** Chromium with WebGPU on SwiftShader, or, if `webgpu` is false, with none. */
export function launchChromium({ webgpu = true } = {}): Promise<Browser> {
  const gpu = webgpu ? ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'] : ['--disable-gpu']
  return chromium.launch({
    executablePath: chromiumPath()!,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // the address bar's suggestions are web pages of their own, loaded with every window: half of a test's work
      '--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup',
      ...gpu,
    ],
  })
}
