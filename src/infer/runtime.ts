import type { Points } from '../core/points.ts'
import type { Chunk, ChunkModel } from './chunk.ts'
import type { CreateSession, ExecutionProvider } from './session.ts'

/** What runs graphs: Node and a page have one each. */
export interface Runtime<P extends ExecutionProvider> {
  /** The first is the default. */
  readonly providers: readonly [P, ...P[]]
  /** What `auto` tries, in this order. */
  readonly auto: readonly P[]
  readonly createSession: CreateSession<P>
  /** Workers for a model's chunks, started with the first; undefined where the session alone is as fast. */
  readonly createWorkers?: (bytes: Uint8Array, model: ChunkModel) => ChunkWorkers | undefined
}

/** Sessions that sample chunks side by side. */
export interface ChunkWorkers {
  started(): boolean
  /** Counts a draw of so many operations. Whether they should take it: they have started, or all counted come to enough. */
  takeOn(operations: number): boolean
  /** How many chunks keep all of them busy. */
  readonly inFlight: number
  /** The chunk's states, as of `sampleChunk`. Errors: those of the session; a worker that ended. */
  run(chunk: Chunk): Promise<Points[]>
  /** Ends them; what runs is lost. */
  end(): Promise<void>
}
