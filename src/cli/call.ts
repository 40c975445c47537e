/** A stream that a command writes to: the process's, a file's or a caller's. A terminal has more fields. */
export type Output = NodeJS.WritableStream &
  Partial<Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'hasColors'>>

export interface Streams {
  readonly stdout: Output
  readonly stderr: Output
}

/** The call of the command line that runs now; a process runs one at a time. */
interface Call extends Streams {
  /** As typed, without the program's name. */
  readonly words: readonly string[]
  /** Its exit status, unless it fails. */
  exitCode: number
  /** Whether its one object of --json is on stdout. */
  hasPrintedJson: boolean
}

export let call = newCall([], process)

export function beginCall(words: readonly string[], streams: Streams): void {
  call = newCall(words, streams)
}

function newCall(words: readonly string[], { stdout, stderr }: Streams): Call {
  return { stdout, stderr, words, exitCode: 0, hasPrintedJson: false }
}
