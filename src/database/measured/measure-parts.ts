import { InputError } from '../../core/errors.ts'
import type { Work } from '../../core/work.ts'
import { type Detection, type DetectionLimits, detectionOf } from '../../measure/detection.ts'
import { firstRows, oneOfEach, prepareTables, type ReportTables } from '../../measure/prepare.ts'
import { type PrivacyMeasures, privacyOf } from '../../measure/privacy/privacy.ts'
import { type DatabaseReportSources, partsOf } from './parts.ts'
import { joinedTables, summedTables } from './tables.ts'
import { joinedName, type MeasuredParts, type Of, sumsName } from './verdicts.ts'

/**
 * Measures every part of several tables: each table, children joined with their parents, and parents with the sums of their children.
 *
 * @param limits - How many judging rows of a part are compared, and how.
 */
export async function measuredParts(
  sources: DatabaseReportSources,
  limits: DetectionLimits,
  seed: number,
  work: Work,
): Promise<MeasuredParts> {
  const { tables, references } = partsOf(sources)
  const measurable = tables.filter(({ omitted }) => omitted === undefined)
  const reports = measurable.length + references.filter(({ isWhole }) => isWhole).length
  const detections: Of<Detection>[] = []
  const attacks: Of<PrivacyMeasures>[] = []
  const open = tables.flatMap(({ name, omitted }) => (omitted?.isOpen ? name : []))
  const measure = async (
    what: string,
    tablesOf: () => ReportTables | undefined,
    { isAttacked, isNeeded = true }: { readonly isAttacked: boolean; readonly isNeeded?: boolean },
  ) => {
    try {
      const all = tablesOf()
      if (!all) {
        if (isNeeded) open.push(what)
        return
      }
      const each = oneOfEach(all)
      const judging = { ...each, against: firstRows(each.against, limits.maxRows) }
      detections.push({ what, measured: await detectionOf(judging, work, limits) })
      if (!isAttacked) return
      attacks.push({ what, measured: await privacyOf({ ...judging, samples: all.samples }, work, reports) })
    } catch (error) {
      // what one part lacks, such as a row with values, is no reason to say nothing of the others
      if (!(error instanceof InputError)) throw error
      open.push(what)
    }
  }
  for (const { name, sources, groups } of measurable)
    await measure(name, () => prepareTables(sources, seed, groups), { isAttacked: true })
  for (const part of references) {
    const { child, parent, isWhole } = part
    const isNeeded = isWhole && !open.includes(child)
    await measure(joinedName(child, parent), () => joinedTables(part, seed), { isAttacked: false, isNeeded })
    if (isWhole)
      await measure(sumsName(child, parent), () => summedTables(part, seed), { isAttacked: true, isNeeded })
  }
  return { detections, attacks, open }
}
