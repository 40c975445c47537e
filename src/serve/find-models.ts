import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { InputError } from '../core/errors.ts'

/** A model to serve: its name and its file. */
export interface NamedModelFile {
  readonly name: string
  readonly path: string
}

export const remedy = 'give a model.onnx or sampler.onnx, or a folder of them'

/**
 * Finds the models at a path: a file; a folder with a model.onnx, else a sampler.onnx; or, in any other folder, each
 * such sub-folder and each .onnx file. Throws InputError if the path doesn't exist.
 */
export async function findModels(path: string): Promise<NamedModelFile[]> {
  const kind = await kindOf(path)
  if (kind === undefined) throw new InputError(`there is no ${path}: ${remedy}`, 'not-found')
  if (kind === 'file') return [{ name: nameOf(path), path }]
  const single = await modelIn(path)
  if (single !== undefined) return [{ name: basename(resolve(path)), path: single }]
  const models = new Map<string, string>()
  for (const entry of (await readdir(path)).sort()) {
    if (entry.startsWith('.')) continue
    const inner = join(path, entry)
    const isFolder = (await kindOf(inner)) === 'folder'
    const file = isFolder ? await modelIn(inner) : /\.onnx$/i.test(entry) ? inner : undefined
    const name = isFolder ? entry : nameOf(entry)
    // a folder takes precedence over a file of the same name
    if (file !== undefined && !models.has(name)) models.set(name, file)
  }
  return [...models].map(([name, file]) => ({ name, path: file }))
}

/** Returns the file's name, or its folder's for model.onnx and sampler.onnx. */
function nameOf(path: string): string {
  const name = basename(path).replace(/\.onnx$/i, '')
  const folder = basename(dirname(resolve(path)))
  return (name === 'model' || name === 'sampler') && folder !== '' ? folder : name
}

async function modelIn(folder: string): Promise<string | undefined> {
  for (const name of ['model.onnx', 'sampler.onnx'])
    if ((await kindOf(join(folder, name))) === 'file') return join(folder, name)
  return undefined
}

async function kindOf(path: string): Promise<'file' | 'folder' | undefined> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file'
  } catch {
    return undefined
  }
}
