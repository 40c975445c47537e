import { InputError, messageOf, wrongType } from '../core/errors.ts'

/** What a model is loaded from: a path or URL as text, a URL, its bytes or a Blob. */
export type ModelSource = string | URL | Uint8Array | Blob

/** The bytes of a source and its name in errors; `read` reads a path or URL. Throws as `read` does. */
export async function readSource(
  source: ModelSource,
  read: (name: string) => Promise<Uint8Array>,
): Promise<{ readonly bytes: Uint8Array; readonly name: string }> {
  if (source instanceof Uint8Array) return { bytes: source, name: 'the model' }
  if (source instanceof Blob) return { bytes: new Uint8Array(await source.arrayBuffer()), name: 'the model' }
  if (typeof source !== 'string' && !(source instanceof URL))
    throw wrongType('the model', source, 'give a path, a URL, a Uint8Array or a Blob')
  const name = String(source)
  return { bytes: await read(name), name }
}

/** Downloads a file. Throws if the server can't be reached or doesn't answer 2xx. */
export async function download(url: string): Promise<Uint8Array> {
  return new Uint8Array(await (await downloadBlob(url)).arrayBuffer())
}

/** Downloads a file as a Blob, which a browser need not hold in memory. */
export async function downloadBlob(url: string): Promise<Blob> {
  try {
    const response = await fetch(url)
    if (!response.ok) throw new InputError(`the server answered ${response.status}`, 'cannot-read')
    return await response.blob()
  } catch (error) {
    throw new InputError(
      `cannot fetch ${url}: ${reasonOf(error)}: give the URL of a model.onnx`,
      'cannot-read',
    )
  }
}

/** Node's fetch only says that it failed; the reason is in the error's cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause as NodeJS.ErrnoException | undefined) : undefined
  return cause?.message || cause?.code || messageOf(error)
}
