import type { IncomingMessage } from 'node:http'
import { setImmediate } from 'node:timers/promises'
import { Queue } from '../infer/session.ts'
import { invalid, limits, Refusal } from './refusal.ts'
import type { ArrivalRoom } from './room.ts'

/** Parts that a body may have, however small: each takes time of its own. */
const fewParts = 1000
const bytesOfPart = 64

/** Bodies from this length on take turns, so that others are answered between two that take long to read. */
const longBody = 2 ** 18
const turns = new Queue()

/**
 * Reads a request's body, whose bytes take room with those of all others that arrive: at once as many as it declares, or as they
 * come. Rejects with a Refusal if it is too large, comes in too many parts or has to make room.
 */
export function readBody(request: IncomingMessage, room: ArrivalRoom): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const declared = Number(request.headers['content-length'] ?? 0)
    // one array: an object for each part would take more than the parts, if these have a byte each
    let body = Buffer.allocUnsafe(declared <= limits.bodyBytes ? declared : 0)
    let [bytes, parts] = [0, 0]
    const end = () => request.off('data', add).off('end', finish).off('error', leave).off('close', leave)
    const fail = (refusal: Refusal) => {
      body = Buffer.alloc(0)
      end()
      arrival.end()
      reject(refusal)
      // what still comes is read and dropped, so that the answer reaches its caller
      request.on('error', () => {}).resume()
    }
    const add = (part: Buffer) => {
      const before = bytes
      bytes += part.length
      parts++
      if (bytes > limits.bodyBytes) return fail(tooLarge())
      if (parts > fewParts && parts * bytesOfPart > bytes) {
        fail(invalid('the body comes in too many small parts: send larger ones'))
        request.pause()
        return
      }
      if (bytes > body.length) {
        const larger = Buffer.allocUnsafe(Math.max(bytes, 2 * before, 2 ** 10))
        body.copy(larger, 0, 0, before)
        body = larger
      }
      part.copy(body, before)
      arrival.grow(bytes)
    }
    const finish = async () => {
      end()
      if (bytes >= longBody) await turns.run(() => setImmediate())
      arrival.end()
      resolve(body.subarray(0, bytes))
    }
    const leave = () => fail(new Refusal('cancelled', 'the caller disconnected'))
    const arrival = room.begin(fail)
    request.on('data', add).on('end', finish).on('error', leave).on('close', leave)
    if (declared > limits.bodyBytes) fail(tooLarge())
    else arrival.grow(declared)
  })
}

function tooLarge(): Refusal {
  return new Refusal('too-large', `the body is larger than ${limits.bodyBytes} bytes`)
}
