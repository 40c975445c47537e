import { InputError, messageOf } from '../../../src/core/errors.ts'

/** The bytes of one of the page's files. Throws InputError if the server can't be reached or doesn't answer 2xx. */
export async function pageFile(url: string): Promise<Uint8Array> {
  try {
    const response = await fetch(url)
    if (!response.ok) throw new Error(`the server answered ${response.status}`)
    return new Uint8Array(await response.arrayBuffer())
  } catch (error) {
    throw new InputError(`cannot fetch ${url}: ${messageOf(error)}: load the page again`, 'cannot-read')
  }
}
