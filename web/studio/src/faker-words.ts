import type { LocaleDefinition } from '@faker-js/faker'

/** The words of faker's languages, each a file of its own to load. vite.config.ts fills this in. */
export const words: Readonly<Record<string, () => Promise<{ readonly default: LocaleDefinition }>>> = {}
