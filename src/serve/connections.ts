import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { limits } from './refusal.ts'

/**
 * The open connections of a server. Beyond their limit, the one that has been without a complete request for longest makes room, so
 * that nobody keeps others out with connections that ask nothing, or never end what they ask.
 */
export class Connections {
  /** The requests of each that have no answer yet. */
  readonly #requests = new WeakMap<Socket, number>()
  /** Those that have not begun a request. */
  readonly #silent = new Set<Socket>()
  /** Those without a request that is being answered, the longest first. */
  readonly #idle = new Set<Socket>()
  /** What to do when a connection closes, for each request of it that is being answered. */
  readonly #unanswered = new Map<Socket, Set<() => void>>()

  constructor(server: Server) {
    // dropped only if none can make room
    server.maxConnections = limits.connections + 1
    server.on('connection', (socket: Socket) => {
      const calls = new Set<() => void>()
      this.#silent.add(socket)
      this.#idle.add(socket)
      this.#unanswered.set(socket, calls)
      socket.once('close', () => {
        for (const open of [this.#silent, this.#idle, this.#unanswered]) open.delete(socket)
        for (const call of calls) call()
      })
      if (this.#unanswered.size > limits.connections) for (const oldest of this.#idle) return oldest.destroy()
    })
    server.prependListener('request', ({ socket }, response: ServerResponse) => {
      this.#silent.delete(socket)
      this.#requests.set(socket, (this.#requests.get(socket) ?? 0) + 1)
      response.once('close', () => this.#requests.set(socket, this.#requests.get(socket)! - 1))
    })
  }

  /** Whether so many requests of a connection wait for each other that it is to be closed. */
  isCrowded(socket: Socket): boolean {
    return socket.destroyed || this.#requests.get(socket)! > limits.pipelined
  }

  /**
   * Calls once when a request is answered or its connection is closed. Node says so of no response that waits behind another
   * of its connection.
   */
  onDone(response: ServerResponse, socket: Socket, call: () => void): void {
    const calls = this.#unanswered.get(socket)
    const once = () => {
      calls?.delete(once)
      response.off('close', once)
      if (calls?.size === 0 && !socket.destroyed) this.#idle.add(socket)
      call()
    }
    this.#idle.delete(socket)
    calls?.add(once)
    response.once('close', once)
    if (socket.destroyed) once()
  }

  /**
   * Ends the connections that have not begun a request, a moment after the server began to close: Node counts only those as idle
   * that had one, and would wait for the others as long as they may be idle.
   */
  endSilent(): void {
    const end = () => {
      for (const socket of this.#silent) socket.destroy()
    }
    setTimeout(end, 1000 * limits.silentSeconds).unref()
  }
}
