import type { IncomingMessage } from 'node:http'
import { limits, Refusal } from './refusal.ts'
import type { ArrivalRoom } from './room.ts'

/**
 * Reads a request's body, whose bytes take room with those of all others that arrive: at once as many as it declares, or as they
 * come. Rejects with a Refusal if it is too large or has to make room.
 */
export function readBody(request: IncomingMessage, room: ArrivalRoom): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // one growing array: an object for each part would take more than the parts, if these have a byte each
    let body = Buffer.allocUnsafe(2 ** 10)
    let bytes = 0
    const end = (settle: () => void) => {
      arrival.end()
      request.off('data', add).off('end', finish).off('error', leave).off('close', leave)
      settle()
    }
    const fail = (error: Error) => {
      body = Buffer.alloc(0)
      end(() => reject(error))
      // what still comes is read and dropped, so that the answer reaches its caller
      request.on('error', () => {}).resume()
    }
    const add = (part: Buffer) => {
      const before = bytes
      bytes += part.length
      if (bytes > limits.bodyBytes) return fail(tooLarge())
      if (bytes > body.length) body = Buffer.concat([body.subarray(0, before)], Math.max(bytes, 2 * before))
      part.copy(body, before)
      arrival.grow(bytes)
    }
    const finish = () => end(() => resolve(body.subarray(0, bytes)))
    const leave = () => fail(new Refusal('cancelled', 'the caller disconnected'))
    const arrival = room.begin(fail)
    request.on('data', add).on('end', finish).on('error', leave).on('close', leave)
    const declared = Number(request.headers['content-length'] ?? 0)
    if (declared > limits.bodyBytes) fail(tooLarge())
    else arrival.grow(declared)
  })
}

function tooLarge(): Refusal {
  return new Refusal('too-large', `the body is larger than ${limits.bodyBytes} bytes`)
}
