import { constants, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import type { ServerInterceptingCallInterface, ServerInterceptor } from '@grpc/grpc-js'
import type { ServerState } from './catalogue.ts'
import { limits, Refusal, refusals } from './refusal.ts'
import type { Arrival, Held } from './room.ts'

/** Bytes that a frame takes at least: an array with its object, however few bytes it has. */
const frameBytes = 256

/** Calls that a connection may have had refused: clients that know of the limit have none. */
const refusedStreams = 100

/** The calls of each connection that go on. */
const callsOn = new WeakMap<ServerHttp2Session, number>()

/** Counts a call of a connection, which is ended if it has far more than it may. Returns what ends the count. */
function countOn(session: ServerHttp2Session): () => void {
  const add = (by: number) => {
    const calls = (callsOn.get(session) ?? 0) + by
    callsOn.set(session, calls)
    return calls
  }
  if (add(1) > limits.streams + refusedStreams) {
    // before it knows of the limit, a client may have sent thousands in one packet: nobody hears of the others
    session.removeAllListeners('stream')
    session.destroy()
  }
  // in a later turn: who begins and ends hundreds in one takes as much time as who keeps them
  return () => void setImmediate(() => add(-1))
}

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
      this.#arrival = state.arrivals.begin((refusal) => this.#refuse(refusal))
      if (this.#stream) this.#watch(this.#stream)
      const late = () =>
        this.#refuse(new Refusal('too-late', 'the request did not arrive within the time that it has'))
      this.#deadline = setTimeout(late, 1000 * limits.requestSeconds).unref()
    }

    #watch(stream: ServerHttp2Stream): void {
      calls++
      const uncount = stream.session && countOn(stream.session as ServerHttp2Session)
      let bytes = 0
      stream.on('data', (frame: Buffer) => {
        bytes += Math.max(frame.length, frameBytes)
        this.#arrival?.grow(bytes)
      })
      stream.once('close', () => {
        calls--
        uncount?.()
        this.#end()
      })
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
