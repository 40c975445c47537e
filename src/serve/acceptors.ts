import { spawn } from 'node:child_process'
import { createServer, type Server, type Socket } from 'node:net'
import { limits } from './refusal.ts'

/**
 * Run by a process that is sent a listening socket: sends it back so often, each time as a descriptor of its own. It ends when its
 * parent has them, as Node sends one only after the last was received.
 */
const mirror = `process.on('message', (count, handle) => {
  for (let k = 0; k < count; k++) process.send(k, handle)
})`

/** What a server has that Node doesn't describe. */
interface Internals {
  readonly _handle?: unknown
  readonly allowHalfOpen: boolean
}

/**
 * Lets a listening server accept several connections in a turn of the event loop. Node accepts one
 * (https://github.com/libuv/libuv/pull/3696), so that behind a crowd of connections everybody would wait for as many turns. Each further
 * descriptor of the listening socket accepts one more; a process that ends at once makes them. Without it, the server accepts as Node does.
 *
 * @param server - A server that listens.
 * @param serve - Takes the connections.
 * @returns Stops accepting, and resolves when the connections have closed.
 */
export function acceptMore(server: Server, serve: (socket: Socket) => void): () => Promise<void> {
  const { _handle: handle, allowHalfOpen } = server as unknown as Internals
  const acceptors: Server[] = []
  const copies = limits.acceptors - 1
  let isClosed = false
  const child = spawn(process.execPath, ['-e', mirror], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  child.on('error', () => {})
  child.on('message', (_, copy) => {
    const acceptor = createServer({ allowHalfOpen, noDelay: true }, serve)
    // one that closes meanwhile has nothing left to accept
    acceptor.on('error', () => {}).listen(copy, limits.backlog)
    acceptors.push(acceptor)
    if (isClosed) acceptor.close()
    if (acceptors.length === copies) child.disconnect()
  })
  // a handle without its server, which would accept connections in the other process
  if (handle) child.send(copies, handle as Server, () => {})
  child.unref()
  child.channel?.unref()
  return async () => {
    isClosed = true
    child.kill()
    await Promise.all(
      acceptors.map((acceptor) => new Promise((resolve) => acceptor.close(() => resolve(undefined)))),
    )
  }
}
