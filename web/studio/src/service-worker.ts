/** The parts of service workers in use, whose types conflict with a page's. */
interface Lasting extends Event {
  waitUntil(promise: Promise<unknown>): void
}
interface Fetching extends Lasting {
  readonly request: Request
  respondWith(answer: Promise<Response>): void
}
const worker = self as unknown as {
  readonly clients: { claim(): Promise<void> }
  readonly registration: { readonly scope: string }
  addEventListener(type: 'install' | 'activate', listener: (event: Lasting) => void): void
  addEventListener(type: 'fetch', listener: (event: Fetching) => void): void
}

/** All files of the built page and a name for this set; the build inserts both. */
declare const builtFiles: readonly string[]
declare const builtName: string

/** An isolated page may share memory between threads, but not every server can send these headers. */
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

worker.addEventListener('install', (event) =>
  event.waitUntil(caches.open(builtName).then((cache) => cache.addAll(builtFiles))),
)

worker.addEventListener('activate', (event) =>
  event.waitUntil(
    caches
      .keys()
      .then((names) => names.filter((name) => name.startsWith('moonstep-studio-') && name !== builtName))
      .then((former) => Promise.all(former.map((name) => caches.delete(name))))
      .then(() => worker.clients.claim()),
  ),
)

worker.addEventListener('fetch', (event) => event.respondWith(answer(event.request)))

async function answer(request: Request): Promise<Response> {
  const { scope } = worker.registration
  const { href } = new URL(request.url)
  const isPage = request.mode === 'navigate' && href.split(/[?#]/)[0] === scope
  const cached = await (await caches.open(builtName)).match(isPage ? `${scope}index.html` : request, {
    ignoreSearch: isPage,
  })
  if (!cached) return fetch(request)
  const { status, statusText } = cached
  const all = new Headers(cached.headers)
  for (const [name, value] of Object.entries(headers)) all.set(name, value)
  return new Response(cached.body, { status, statusText, headers: all })
}
