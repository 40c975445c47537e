import { counted, humanCount, printable } from '../core/format.ts'
import type { ReportTables } from '../measure/prepare.ts'
import { type RareNames, rareNamesIn, singleNamesIn } from '../measure/rare-names.ts'

/** A category of which most values occur in one training row each, and samples hold some of these names. */
export interface HeldNames extends RareNames {
  /** How many of the names of a single training row are in samples. */
  readonly inSamples: number
  readonly sentence: string
}

/** The categories whose names in samples point to single training rows. */
export function heldNames({ samples, train }: ReportTables): HeldNames[] {
  return rareNamesIn(train).flatMap((rare) => {
    const inSamples = singleNamesIn(samples, train, rare.column)
    const { column, names, single } = rare
    const sentence =
      `Of ${counted(names, 'value')} of ${printable(column)} in the training rows, ${humanCount(single)} ${single === 1 ? 'occurs' : 'occur'} in one row only, ` +
      `and ${humanCount(inSamples)} of these ${inSamples === 1 ? 'appears' : 'appear'} in samples: whoever reads such a value in a sample learns that its row was among the training rows.`
    return inSamples > 0 ? [{ ...rare, inSamples, sentence }] : []
  })
}
