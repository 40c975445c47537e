import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { acceptMore } from './acceptors.ts'
import { limits } from './refusal.ts'
import { nextPiece } from './turns.ts'

/** Waits until a connection's turn has come: many short requests are read before a long one. */
function later(socket: Socket): Promise<void> {
  socket.pause()
  return nextPiece()
}

/**
 * The open connections of a server. Beyond their limit, the one that has been without a complete request for longest makes room, so
 * that nobody keeps others out with connections that ask nothing, or never end what they ask.
 */
export class Connections {
  /** The requests of each that have no answer yet. */
  readonly #requests = new WeakMap<Socket, number>()
  /** Those that have not begun a request, and when they came, the longest ago first. */
  readonly #silent = new Map<Socket, number>()
  /** Those without a request that is being answered, the longest first. */
  readonly #idle = new Set<Socket>()
  readonly #open = new Set<Socket>()
  /** What to do when a connection closes, for each request of it that is being answered. */
  readonly #unanswered = new WeakMap<Socket, Set<() => void>>()

  /** Makes a server for one address; all of them share the limits. */
  createServer(handler: RequestListener): Server {
    const options = {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: 1000 * limits.headSeconds,
      requestTimeout: 1000 * limits.requestSeconds,
      keepAliveTimeout: 1000 * limits.idleSeconds,
      connectionsCheckingInterval: 1000,
    }
    const server = createServer(options, (request, response) => {
      const { socket } = request
      this.#silent.delete(socket)
      const requests = (this.#requests.get(socket) ?? 0) + 1
      this.#requests.set(socket, requests)
      // a thousand requests come in one packet: after the first, none is worth an answer, or Node's time to end it
      if (requests > limits.pipelined) {
        request.destroy = () => request
        return socket.destroy()
      }
      response.once('close', () => this.#requests.set(socket, this.#requests.get(socket)! - 1))
      handler(request, response)
    })
    server.setTimeout(1000 * limits.idleSeconds)
    const close = server.close.bind(server)
    server.once('listening', () => {
      const stop = acceptMore(server, (socket) => server.emit('connection', socket))
      server.close = (done) => {
        const stopped = stop()
        return close((error) => void stopped.then(() => done?.(error)))
      }
    })
    const sweep = setInterval(() => this.#endSilentSince(limits.headSeconds), 1000).unref()
    server.once('close', () => clearInterval(sweep))
    // Node's own listener makes a parser for each connection: a crowd that asks nothing would take twice the time
    const [parse] = server.listeners('connection')
    server.removeAllListeners('connection')
    return server.on('connection', (socket: Socket) => {
      this.#add(socket)
      const end = () => socket.destroy()
      socket.once('end', end).once('data', async (first: Buffer) => {
        socket.off('end', end)
        const isLong = first.length > limits.firstBytes
        if (isLong) await later(socket)
        if (socket.destroyed) return
        parse!.call(server, socket)
        // takes effect in a later tick, unless the parser says otherwise
        if (isLong) socket.resume()
        socket.emit('data', first)
      })
    })
  }

  #add(socket: Socket): void {
    this.#silent.set(socket, performance.now())
    this.#idle.add(socket)
    this.#open.add(socket)
    socket
      .on('error', () => {})
      .once('close', () => {
        this.#remove(socket)
        for (const call of this.#unanswered.get(socket) ?? []) call()
      })
    if (this.#open.size <= limits.connections) return
    const [oldest] = this.#idle
    // at once: it closes only in a later turn, and more connections may come in this one
    this.#remove(oldest!)
    oldest!.destroy()
  }

  #remove(socket: Socket): void {
    for (const open of [this.#silent, this.#idle, this.#open]) open.delete(socket)
  }

  /**
   * Calls once when a request is answered or its connection is closed. Node says so of no response that waits behind another
   * of its connection.
   */
  onDone(response: ServerResponse, socket: Socket, call: () => void): void {
    const calls = this.#unanswered.get(socket) ?? new Set()
    this.#unanswered.set(socket, calls)
    const once = () => {
      calls.delete(once)
      response.off('close', once)
      if (calls.size === 0 && !socket.destroyed) this.#idle.add(socket)
      call()
    }
    this.#idle.delete(socket)
    calls.add(once)
    response.once('close', once)
    if (socket.destroyed) once()
  }

  /**
   * Ends the connections that have not begun a request, a moment after the server began to close: Node counts only those as idle
   * that had one, and would wait for the others as long as they may be idle.
   */
  endSilent(): void {
    setTimeout(() => this.#endSilentSince(0), 1000 * limits.silentSeconds).unref()
  }

  #endSilentSince(seconds: number): void {
    const latest = performance.now() - 1000 * seconds
    for (const [socket, since] of this.#silent) {
      if (since > latest) return
      // one that has begun a request gets Node's answer that it came too late
      if (seconds === 0 || socket.bytesRead === 0) socket.destroy()
    }
  }
}
