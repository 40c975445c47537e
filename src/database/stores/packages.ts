import { InputError } from '../../core/errors.ts'

/** Loads an optional package. Throws InputError with the command that installs it. */
export async function requirePackage<M>(name: string, what: string, load: () => Promise<M>): Promise<M> {
  try {
    return await load()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw error
    throw new InputError(`${what} need the package ${name}: npm install ${name}`, 'not-available')
  }
}
