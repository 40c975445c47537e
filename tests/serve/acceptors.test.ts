import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, expect, it } from 'vitest'
import { acceptMore } from '../../src/serve/acceptors.ts'
import { limits } from '../../src/serve/refusal.ts'

let accepted = 0
const take = (socket: Socket) => {
  accepted++
  socket.destroy()
}
const server = createServer(take)
await once(server.listen(0, '127.0.0.1'), 'listening')
const stop = acceptMore(server, take)

afterAll(async () => {
  await stop()
  server.close()
})

/** The most connections that are accepted in a turn of the event loop, of so many that come at once. */
async function mostInATurn(count: number): Promise<number> {
  const { port } = server.address() as AddressInfo
  const clients = Array.from({ length: count }, () => connect(port, '127.0.0.1').on('error', () => {}))
  accepted = 0
  let [most, before] = [0, 0]
  while (accepted < count) {
    await turn()
    most = Math.max(most, accepted - before)
    before = accepted
  }
  for (const client of clients) client.destroy()
  return most
}

it('accepts in a turn of the event loop as many connections as it has descriptors of its socket', async () => {
  // a process makes the descriptors meanwhile
  await expect.poll(() => mostInATurn(2 * limits.acceptors)).toBeGreaterThan(limits.acceptors / 2)
})
