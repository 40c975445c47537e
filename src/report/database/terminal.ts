/** The report of several tables as text for a terminal. */
import { textTable } from '../../core/format.ts'
import { reportText, wrapped } from '../terminal.ts'
import { keySentences, referenceSentence } from './keys.ts'
import type { ReferenceReport } from './references.ts'
import type { DatabaseReport } from './report.ts'
import { joinedName, sumsName } from './verdict.ts'

/** Each table in the words of its own report, then across tables, then the verdict on all. */
export function databaseReportText({ tables, keys, references, verdict }: DatabaseReport): string {
  const ofTables = tables.map(({ table, report, omitted }) =>
    report
      ? `== ${table} ==\n\n${reportText(report).trimEnd()}`
      : `== ${table} ==\n\n${wrapped(omitted!.sentence).trimEnd()}`,
  )
  const across = [
    ...(references.length > 0 ? [measuresText(references)] : []),
    [...keySentences(keys), ...references.flatMap(sentencesOf)].map(wrapped).join('').trimEnd(),
  ].filter((text) => text !== '')
  return `${[...ofTables, `== across tables ==\n\n${across.join('\n\n')}`, `verdict: ${verdict}`].join('\n\n')}\n`
}

const thousandths = (value: number) => value.toFixed(3)

function measuresText(references: readonly ReferenceReport[]): string {
  const rows = references.flatMap(({ child, parent, trends, joined, family }) => [
    ...(family
      ? [
          [
            `number of ${child} of ${parent}, distance`,
            thousandths(family.count.distance),
            thousandths(family.count.null),
          ],
        ]
      : []),
    ...(family?.steps
      ? [
          [
            `steps of ${child} by ${family.steps.column}, distance`,
            thousandths(family.steps.distance),
            thousandths(family.steps.null),
          ],
        ]
      : []),
    ...(trends
      ? [
          [
            `trends between ${parent} and ${child}, 1 is the same`,
            thousandths(trends.trends),
            thousandths(trends.real),
          ],
        ]
      : []),
    ...(joined
      ? [[`trees, ${joinedName(child, parent)}, AUC`, thousandths(joined.auc), thousandths(joined.null)]]
      : []),
    ...(family
      ? [
          [
            `trees, ${sumsName(child, parent)}, AUC`,
            thousandths(family.sums.auc),
            thousandths(family.sums.null),
          ],
        ]
      : []),
  ])
  return textTable([['', 'samples', 'real rows'], ...rows], { flushRight: (column) => column > 0 }).join('\n')
}

function sentencesOf(reference: ReferenceReport): string[] {
  const { trends, orders, family, omitted, child, parent } = reference
  return [
    referenceSentence(reference),
    ...(omitted ? [omitted.sentence] : []),
    ...(trends?.worst.map(({ sentence }) => sentence) ?? []),
    ...orders.map(({ sentence }) => sentence),
    ...(family ? [family.count.sentence, `${sumsName(child, parent)}: ${family.privacy.sentences[0]}`] : []),
    ...(family?.privacy.attacks.map(({ sentence }) => sentence) ?? []),
  ]
}
