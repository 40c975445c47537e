import type { ColumnType } from 'moonstep/web'
import { problemOfCount, problemOfSeed } from './whole-numbers.ts'

/** What a link holds: settings and the names of columns, never a condition or a cell. */
export interface Settings {
  readonly columns: readonly string[]
  readonly types: Readonly<Record<string, ColumnType | 'drop'>>
  readonly rules: readonly string[]
  readonly minCategory: number
  readonly count: number
  readonly seed: number
}

/** Rules that name columns alone: others may quote a cell. */
const ofColumnsAlone = /^(unique|seen)\(.*\)$|^[^'"\d]+ (<|<=|=) [^'"\d]+$/

/** Whether a link may hold a rule. */
export function mayShare(rule: string): boolean {
  return ofColumnsAlone.test(rule) && !/\bin\b/.test(rule)
}

/** More than a table of the studio has, and than anyone states. */
const most = { columns: 10_000, rules: 100, letters: 1000 }

/** The part of an address that holds settings. */
export function hashOf(settings: Settings): string {
  const bytes = new TextEncoder().encode(JSON.stringify(settings))
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
  return `#settings=${text.replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')}`
}

/** The settings in an address, undefined if it has none. Throws an error if they are not as the studio writes them. */
export function settingsIn(hash: string): Settings | undefined {
  const [, text] = /^#settings=(.*)$/.exec(hash) ?? []
  if (text === undefined) return undefined
  const settings = parsed(text)
  if (!settings) throw new Error('The settings of this link can’t be read: ask for the whole link again.')
  return settings
}

function parsed(text: string): Settings | undefined {
  let json: unknown
  try {
    const bytes = Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0))
    json = JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return undefined
  }
  if (!isObject(json)) return undefined
  const { columns, types = {}, rules = [], minCategory = 1, count = 1000, seed = 7 } = json
  const isRight =
    areTexts(columns, most.columns) &&
    isObject(types) &&
    areTexts(Object.values(types), most.columns) &&
    areTexts(rules, most.rules) &&
    rules.every((rule) => rule.length <= most.letters && mayShare(rule)) &&
    [minCategory, count].every((value) => problemOfCount(value as number) === '') &&
    problemOfSeed(seed as number) === ''
  return isRight ? ({ columns, types, rules, minCategory, count, seed } as Settings) : undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function areTexts(value: unknown, atMost: number): value is string[] {
  return Array.isArray(value) && value.length <= atMost && value.every((each) => typeof each === 'string')
}
