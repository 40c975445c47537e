import type { Work } from '../../src/core/work.ts'
import { prepareTables, type ReportSources } from '../../src/measure/prepare.ts'
import * as privacy from '../../src/measure/privacy/privacy.ts'
import * as sets from '../../src/measure/privacy/real-and-samples.ts'
import * as quality from '../../src/measure/quality.ts'

type Options = ReportSources & Work & { readonly seed?: number }

/** Each part of a report by itself, of tables that nobody has prepared yet. */
export const qualityOf = ({ seed = 0, ...rest }: Options & Omit<quality.QualityOptions, 'seed'>) =>
  quality.qualityOf(prepareTables(rest, seed), { ...rest, seed })

export const privacyOf = ({ seed = 0, ...rest }: Options) =>
  privacy.privacyOf(prepareTables(rest, seed), { ...rest, seed })

export const realAndSamples = (sources: ReportSources) => sets.realAndSamples(prepareTables(sources, 0))
