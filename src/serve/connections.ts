import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { limits } from './refusal.ts'

/** The open connections of a server. */
export class Connections {
  /** Those that have not begun a request. */
  readonly #silent = new Set<Socket>()
  /** What to do when a connection closes, for each request of it that is not answered. */
  readonly #unanswered = new WeakMap<Socket, Set<() => void>>()

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => {
      const calls = new Set<() => void>()
      this.#silent.add(socket)
      this.#unanswered.set(socket, calls)
      socket.once('close', () => {
        this.#silent.delete(socket)
        for (const call of calls) call()
        calls.clear()
      })
    })
    server.on('request', ({ socket }) => this.#silent.delete(socket))
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
      call()
    }
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
