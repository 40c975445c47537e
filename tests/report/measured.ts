import type { Work } from '../../src/core/work.ts'
import { prepareTables, type ReportSources } from '../../src/measure/prepare.ts'
import * as privacy from '../../src/measure/privacy/privacy.ts'
import * as sets from '../../src/measure/privacy/sets.ts'
import * as quality from '../../src/measure/quality.ts'
import { type Question, resolve } from '../../src/measure/question.ts'
import * as utility from '../../src/measure/utility.ts'
import { sayPrivacy } from '../../src/report/privacy.ts'
import { sayQuality } from '../../src/report/quality.ts'

type Options = ReportSources & Work & { readonly seed?: number }

/** Each part of a report by itself, of tables that nobody has prepared yet. */
export async function qualityOf({ signal, onProgress, ...asked }: Options & Question) {
  const tables = resolve(asked)
  return sayQuality(await quality.qualityOf(tables, { signal, onProgress }), tables.against.columns)
}

export function utilityOf({ target, ...sources }: ReportSources & { readonly target: string }) {
  return utility.utilityOf(prepareTables(sources, 0), target, {})
}

export async function privacyOf({ seed = 0, signal, onProgress, ...sources }: Options) {
  return sayPrivacy(await privacy.privacyOf(prepareTables(sources, seed), { signal, onProgress }))
}

export const realAndSamples = (sources: ReportSources) => sets.realAndSamples(prepareTables(sources, 0))
