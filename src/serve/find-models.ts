import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { InputError } from '../core/errors.ts'

/** A model that there is to serve: its name, and its file. */
export interface FoundModel {
  readonly name: string
  readonly path: string
}

export const remedy = 'give a model.onnx or sampler.onnx, or a folder of them'

/**
 * The models of a path: a file; a folder that holds a model.onnx, or else a sampler.onnx, by the folder's name; of any other
 * folder each sub-folder of that kind, and each .onnx file by its own name. Throws InputError where there is no such path.
 */
export async function findModels(path: string): Promise<FoundModel[]> {
  const kind = await kindOf(path)
  if (kind === undefined) throw new InputError(`there is no ${path}: ${remedy}`, 'not-found')
  if (kind === 'file') return [{ name: nameOf(path), path }]
  const own = await modelIn(path)
  if (own !== undefined) return [{ name: basename(resolve(path)), path: own }]
  const found = new Map<string, string>()
  for (const entry of (await readdir(path)).sort()) {
    if (entry.startsWith('.')) continue
    const inner = join(path, entry)
    const isFolder = (await kindOf(inner)) === 'folder'
    const file = isFolder ? await modelIn(inner) : /\.onnx$/i.test(entry) ? inner : undefined
    const name = isFolder ? entry : nameOf(entry)
    // a folder comes before a file of its name
    if (file !== undefined && !found.has(name)) found.set(name, file)
  }
  return [...found].map(([name, file]) => ({ name, path: file }))
}

/** The name of a file; of one that every model's file is called, its folder's. */
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
