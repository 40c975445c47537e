/** Hostile clients in a process of their own, until it is ended: `node hostile-attack.js URL GRPC CLIENTS CONNECTIONS`. */
import { hostileClients, openConnections } from './hostile-clients.ts'

const [url, grpc, clients, connections] = process.argv.slice(2)
const target = { url: url!, grpc: grpc!, milliseconds: 2000 }
const kinds = Object.entries(hostileClients)
const counts: Record<string, number> = {}

/** One client after another, each beginning with a kind of its own. */
async function attack(first: number): Promise<never> {
  for (let k = first; ; k++) {
    const [name, { run }] = kinds[k % kinds.length]!
    await run(target)
    counts[name] = (counts[name] ?? 0) + 1
  }
}

async function connectAgain(): Promise<never> {
  for (;;) {
    const close = await openConnections(target, Number(connections))
    await new Promise((resolve) => setTimeout(resolve, target.milliseconds))
    close()
  }
}

process.on('SIGTERM', () => {
  process.stdout.write(JSON.stringify(counts))
  process.exit(0)
})
for (let client = 0; client < Number(clients); client++) void attack(client)
void connectAgain()
