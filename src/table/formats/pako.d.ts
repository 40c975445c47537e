/** What is used of pako's module that unpacks; its index has the one that packs beside it, which would double its size in a page. */
declare module 'pako/lib/inflate.js' {
  export class Inflate {
    constructor(options: { readonly windowBits: number; readonly chunkSize: number })
    onData: (chunk: Uint8Array) => void
    /** Unpacks more bytes; false if they can't be. */
    push(bytes: Uint8Array): boolean
    /** Whether the end of the last member was reached. */
    readonly ended: boolean
    /** `avail_in`: how many of the pushed bytes are behind that end. */
    readonly strm: { readonly avail_in: number }
  }
}
