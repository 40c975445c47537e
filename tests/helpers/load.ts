import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

/** A request's body and headers. */
export interface Body {
  readonly body: string | Buffer
  readonly headers: Record<string, string>
}

/** The outcome of requests. */
export interface Answered {
  /** The number of answers by status. */
  readonly statuses: Readonly<Record<string, number>>
  /** From the first request to the last answer. */
  readonly whole: number
}

/** Sends this many requests per second, whether they are answered or not. */
export async function sendAt(rate: number, duration: number, url: string, body: Body): Promise<Answered> {
  const client = new Client(url, body)
  const waiting = new Set<Promise<void>>()
  for (let sent = 0; client.passed < duration; await sleep(2))
    for (; sent < rate * client.passed; sent++) {
      const one = client.send()
      waiting.add(one)
      void one.then(() => waiting.delete(one))
    }
  await Promise.all(waiting)
  return client.end()
}

/** Sends one request after another, on this many connections. */
export async function sendBusily(
  connections: number,
  duration: number,
  url: string,
  body: Body,
): Promise<Answered> {
  const client = new Client(url, body)
  const loop = async () => {
    while (client.passed < duration) await client.send()
  }
  await Promise.all(Array.from({ length: connections }, loop))
  return client.end()
}

/** Sends requests, and counts the outcomes. */
class Client {
  readonly #url: string
  readonly #body: Body
  readonly #agent = new Agent({ keepAlive: true })
  readonly #statuses: Record<string, number> = {}
  readonly #start = performance.now()

  constructor(url: string, body: Body) {
    this.#url = url
    this.#body = body
  }

  /** Seconds since the start. */
  get passed(): number {
    return (performance.now() - this.#start) / 1000
  }

  send(): Promise<void> {
    const { body, headers } = this.#body
    return new Promise<void>((resolve) => {
      const end = (status: string) => {
        this.#statuses[status] = (this.#statuses[status] ?? 0) + 1
        resolve()
      }
      const one = request(this.#url, { method: 'POST', agent: this.#agent, headers }, (answer) =>
        answer.resume().on('end', () => end(String(answer.statusCode))),
      )
      one.on('error', () => end('error')).end(body)
    })
  }

  end(): Answered {
    this.#agent.destroy()
    return { statuses: this.#statuses, whole: this.passed }
  }
}
