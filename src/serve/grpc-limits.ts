import { constants, type ServerHttp2Stream } from 'node:http2'
import type { ServerInterceptingCallInterface, ServerInterceptor } from '@grpc/grpc-js'
import type { ServerState } from './catalogue.ts'
import { limits, Refusal, refusals } from './refusal.ts'
import type { Arrival, Held } from './room.ts'

/** Bytes that a frame takes at least: an array with its object, however few bytes it has. */
const frameBytes = 256

/**
 * Limits the calls of a gRPC server: their number, the bytes that arrive, how long a message may take to arrive, and the bytes of
 * answers until the connection has taken them. grpc-js has limits only for each call and each connection.
 */
export function callLimits(grpc: typeof import('@grpc/grpc-js'), state: ServerState): ServerInterceptor {
  let calls = 0

  class LimitedCall extends grpc.ServerInterceptingCall {
    readonly #stream: ServerHttp2Stream | undefined
    readonly #call: ServerInterceptingCallInterface
    #arrival: Arrival | undefined
    #deadline: NodeJS.Timeout | undefined
    #unread: Held | undefined

    constructor(call: ServerInterceptingCallInterface) {
      super(call, {
        start: (next) => {
          // a refused call is never given to its handler
          if (calls > limits.calls)
            return this.#refuse(new Refusal('busy', 'there are too many calls: try again later'))
          next({
            onReceiveMessage: (message, next) => {
              this.#arrived()
              next(message)
            },
            onCancel: () => this.#end(),
          })
        },
      })
      this.#call = call
      // its field in grpc-js 1: nothing else sees the bytes before a message is whole
      this.#stream = Reflect.get(call, 'stream') as ServerHttp2Stream | undefined
      let bytes = 0
      this.#arrival = state.arrivals.begin((refusal) => this.#refuse(refusal))
      if (this.#stream) calls++
      this.#stream?.on('data', (frame: Buffer) => {
        bytes += Math.max(frame.length, frameBytes)
        this.#arrival?.grow(bytes)
      })
      this.#stream?.once('close', () => {
        calls--
        this.#end()
      })
      const late = () =>
        this.#refuse(new Refusal('too-late', 'the request did not arrive within the time that it has'))
      this.#deadline = setTimeout(late, 1000 * limits.requestSeconds).unref()
    }

    override sendMessage(message: Buffer, callback: () => void): void {
      this.#unread = state.answers.hold(message.length)
      super.sendMessage(message, () => {
        this.#unread?.release()
        callback()
      })
    }

    #arrived(): void {
      clearTimeout(this.#deadline)
      this.#arrival?.end()
    }

    #end(): void {
      this.#arrived()
      this.#unread?.release()
    }

    /** Answers with the refusal, and takes no more of the call's bytes. */
    #refuse({ kind, message }: Refusal): void {
      this.#end()
      this.#call.sendStatus({ code: refusals[kind].grpc, details: message })
      this.#stream?.close(constants.NGHTTP2_NO_ERROR)
    }
  }
  return (_, call) => new LimitedCall(call)
}
