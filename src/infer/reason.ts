import { messageOf } from '../core/errors.ts'

/** The reason in onnxruntime's message, which begins with the place in its source and may go on with the host's name. */
export function reasonOf(error: unknown): string {
  const line = messageOf(error).split('\n')[0]!
  const cuda = /CU(?:DA|BLAS|DNN) failure \d+: .*?(?= ; )/.exec(line)?.[0]
  return cuda ?? line.replace(/^.* was false\. /, '')
}
