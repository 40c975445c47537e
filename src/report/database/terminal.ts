/** The report of several tables as text for a terminal. */
import { joinedName, sumsName } from '../../database/measured/verdicts.ts'
import { sentencesOf } from '../stated.ts'
import { listed, reportText, row, tableText, wrapped } from '../terminal.ts'
import { adviceOn, ofTraining } from '../verdicts.ts'
import { keySentences, type ReferenceReport, referenceSentence } from './references.ts'
import type { DatabaseReport } from './report.ts'
import { areOfTraining, exactSentences, unjudgedSentences } from './verdict.ts'

/** The verdicts on all, then each table in the words of its own report, then across tables. */
export function databaseReportText(report: DatabaseReport): string {
  const { sentences, verdicts, tables, keys, references, modelFileSentence } = report
  const remarks = listed([
    ...exactSentences(report),
    ...unjudgedSentences(report),
    ...adviceOn(verdicts),
    ...(areOfTraining(report) ? [ofTraining] : []),
    ...(modelFileSentence ? [`The file of all models: ${modelFileSentence}`] : []),
  ])
  const ofTables = tables.map(({ table, report, omitted }) =>
    report
      ? `== ${table} ==\n\n${reportText(report).trimEnd()}`
      : `== ${table} ==\n\n${listed([omitted!.sentence])}`,
  )
  const across = [
    ...(references.length > 0 ? [measuresText(references)] : []),
    listed([...keySentences(keys), ...references.flatMap(referenceSentences)]),
  ].filter((text) => text !== '')
  const all = [
    sentences.map(wrapped).join('\n'),
    remarks,
    ...ofTables,
    `== across tables ==\n\n${across.join('\n\n')}`,
  ]
  return `${all.filter((text) => text !== '').join('\n\n')}\n`
}

function measuresText(references: readonly ReferenceReport[]): string {
  const rows = references.flatMap(({ child, parent, trends, joined, family }) => {
    const { count, steps, sums } = family ?? {}
    return [
      count && row(`number of ${child} of ${parent}, distance`, count.distance, count.null),
      steps && row(`steps of ${child} by ${steps.column}, distance`, steps.distance, steps.null),
      trends && row(`trends between ${parent} and ${child}, 1 is the same`, trends.trends, trends.real),
      joined && row(`trees, ${joinedName(child, parent)}, AUC`, joined.auc, joined.null),
      sums && row(`trees, ${sumsName(child, parent)}, AUC`, sums.auc, sums.null),
    ].filter((each) => !!each)
  })
  return tableText([['', 'samples', 'real rows'], ...rows])
}

function referenceSentences(reference: ReferenceReport): string[] {
  const { trends, orders, family, omitted, child, parent } = reference
  return [
    referenceSentence(reference),
    ...(omitted ? [omitted.sentence] : []),
    ...sentencesOf(trends?.worst ?? []),
    ...sentencesOf(orders),
    ...(family ? [family.count.sentence, `${sumsName(child, parent)}: ${family.privacy.sentences[0]}`] : []),
    ...sentencesOf(family?.privacy.attacks ?? []),
  ]
}
