import type { LocaleDefinition } from '@faker-js/faker'
import { words } from './faker-words.ts'
import { scriptOf } from './script-of.ts'
import fakerUrl from './worker/faker-code.ts?worker&url'

/** A worker's request for faker with a language; the answer goes to the port. */
export interface FakerMessage {
  readonly type: 'faker'
  readonly locale: string
  readonly port: MessagePort
}

/** Faker's script, and the words of a language: its own first, then those that it lacks. Undefined if there is none of this name. */
export type FakerAnswer = { readonly script: string; readonly words: readonly LocaleDefinition[] } | undefined

/** The script is loaded once, with the first column that needs it. */
let script: Promise<string> | undefined

/** Answers a worker's request. Files that the service worker has stored come from there. */
export async function answerFaker({ locale, port }: FakerMessage): Promise<void> {
  const answer = async (): Promise<FakerAnswer> => {
    if (!Object.hasOwn(words, locale)) return undefined
    script ??= scriptOf(fakerUrl)
    const needed = [...new Set([locale, 'en', 'base'])].map(async (each) => (await words[each]!()).default)
    return { script: await script, words: await Promise.all(needed) }
  }
  port.postMessage(await answer().catch(() => undefined))
}
