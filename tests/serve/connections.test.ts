import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { Connections } from '../../src/serve/connections.ts'

/** A server that notes the requests it is asked, and so many open connections to it. */
async function started(count: number) {
  const paths: string[] = []
  let bytes = 0
  const server = new Connections().createServer((request, response) => {
    paths.push(request.url!)
    request.on('data', (part: Buffer) => {
      bytes += part.length
    })
    request.on('end', () => response.end())
  })
  let accepted = 0
  server.prependListener('connection', () => accepted++)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const sockets: Socket[] = []
  for (let k = 0; k < count; k++) sockets.push(connect(port, '127.0.0.1').resume())
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  await expect.poll(() => accepted).toBe(count)
  return { paths, sockets, read: () => bytes }
}

const post = (path: string, length: number) =>
  `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${length}\r\n\r\n${'x'.repeat(length)}`

it('reads short requests before long ones, and both to their ends', async () => {
  const lengths = [...Array(9).fill(50_000), 10]
  const { paths, sockets, read } = await started(lengths.length)
  for (const [k, socket] of sockets.entries()) socket.write(post(k === 9 ? '/short' : '/long', lengths[k]!))
  await Promise.all(sockets.map((socket) => once(socket, 'data')))
  expect(paths).toEqual(['/short', ...Array(9).fill('/long')])
  expect(read()).toBe(450_010)
})

it('forgets a long request whose client leaves before it is read', async () => {
  const { paths, sockets } = await started(2)
  sockets[0]!.write(post('/left', 50_000))
  sockets[0]!.destroy()
  sockets[1]!.write(post('/stays', 50_000))
  await once(sockets[1]!, 'data')
  expect(paths.at(-1)).toBe('/stays')
})
