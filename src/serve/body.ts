import type { IncomingMessage } from 'node:http'
import { invalid, limits, Refusal } from './refusal.ts'
import type { ArrivalRoom } from './room.ts'
import { countRead, endWaiting, nextPiece } from './turns.ts'

/** Parts that a body may have, however small: each takes time of its own. */
const fewParts = 1000
const bytesOfPart = 64

/** Shorter parts don't wait. */
const smallPart = 1024

/** Node's own way to drop a body, which its types leave out. */
type Dumping = IncomingMessage & { _dump(): void }

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
    const end = () => {
      request.off('data', add).off('end', finish).off('error', leave).off('close', leave)
      endWaiting(request)
    }
    const fail = (refusal: Refusal) => {
      body = Buffer.alloc(0)
      end()
      arrival.end()
      reject(refusal)
      // what still comes is read, so that the answer reaches its caller, and dropped before it becomes parts
      request.on('error', () => {})
      ;(request as Dumping)._dump()
    }
    const add = (part: Buffer) => {
      const before = bytes
      bytes += part.length
      parts++
      if (bytes > limits.bodyBytes) return fail(tooLarge())
      if (parts > fewParts && parts * bytesOfPart > bytes) {
        return fail(invalid('the body comes in too many small parts: send larger ones'))
      }
      if (bytes > body.length) {
        const larger = Buffer.allocUnsafe(Math.max(bytes, 2 * before, 2 ** 10))
        body.copy(larger, 0, 0, before)
        body = larger
      }
      part.copy(body, before)
      // while it waits, what was read becomes parts: small ones would take much memory
      if (part.length >= smallPart) countRead(request, part.length)
      arrival.grow(bytes)
    }
    const finish = async () => {
      end()
      await nextPiece()
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
