import { createRequire } from 'node:module'
import type { LoadFaker } from '../table/generated/faker.ts'

/** Loads a language of the package @faker-js/faker, if it is installed. */
export const loadNodeFaker: LoadFaker = async (locale) => {
  // a package that may be missing: Vite must not list its files
  const { faker } = (await import(
    /* @vite-ignore */ `@faker-js/faker/locale/${locale}`
  )) as typeof import('@faker-js/faker')
  const { version } = createRequire(import.meta.url)('@faker-js/faker/package.json') as { version: string }
  return { faker, version }
}
