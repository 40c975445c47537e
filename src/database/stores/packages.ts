import { InputError } from '../../core/errors.ts'

/** Loads an optional package. Throws InputError with the command that installs it, of a release if the newest may not fit. */
export async function requirePackage<M>(
  name: string,
  what: string,
  load: () => Promise<M>,
  release = '',
): Promise<M> {
  try {
    return await load()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw error
    throw new InputError(`${what} need the package ${name}: npm install ${name}${release}`, 'not-available')
  }
}
