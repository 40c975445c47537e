import { InputError } from '../../../src/core/errors.ts'
import { humanCount } from '../../../src/core/format.ts'

/** In MiB: a page has little memory, and what the lesson explains is far smaller. */
const most = 256

/** Throws InputError on a file that is too large for a page, before any of it is read. */
export function requireSize({ size }: Blob, name: string): void {
  const mebibytes = Math.ceil(size / 2 ** 20)
  if (mebibytes > most)
    throw new InputError(
      `${name} has ${humanCount(mebibytes)} MiB, and this page takes up to ${most}: use the command line, which reads files of any size`,
      'out-of-range',
    )
}
