/** Bytes of text that are written at a time: others are answered between two pieces. */
const pieceLength = 64 * 2 ** 10

/** An answer that is written piece by piece, so that a long one neither stops the process nor fills its heap. */
export class Pieces {
  readonly #rest: () => Promise<void>
  readonly #done: Buffer[] = []
  #text = ''

  /** @param rest - Called after each piece; throws if the answer is not wanted any more. */
  constructor(rest: () => Promise<void>) {
    this.#rest = rest
  }

  /** Adds a text, or bytes as they are. Waits only after much. */
  async add(part: string | Uint8Array): Promise<void> {
    if (typeof part === 'string') {
      this.#text += part
      if (this.#text.length < pieceLength) return
      this.#flush()
    } else {
      this.#flush()
      this.#done.push(bufferOf(part))
      if (part.length < pieceLength) return
    }
    await this.#rest()
  }

  end(): Buffer[] {
    this.#flush()
    return this.#done
  }

  #flush(): void {
    if (this.#text !== '') this.#done.push(Buffer.from(this.#text))
    this.#text = ''
  }
}

export function lengthOf(pieces: readonly Buffer[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0)
}

/** The same bytes as a Buffer, which are not copied. */
export function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength)
}
