import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'

/** SHA-256 in hexadecimal. Not Web Crypto's: a page served over plain http has none. */
export function digestOf(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes))
}
