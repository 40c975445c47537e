/** What `moonstep info` says of the models of several tables. */
import { counted } from '../core/format.ts'
import type { DatabaseModel } from '../database/model.ts'
import { keptTables, type TableSchema } from '../database/schema.ts'
import { internalsOf } from '../infer/model.ts'
import { selfTest } from '../infer/open-model.ts'
import type { SessionInfo } from '../infer/session.ts'
import { exportDatabase, loadDatabase } from '../node/databases.ts'
import type { NodeLoadOptions } from '../node/providers.ts'
import { databaseSentences } from '../report/database/verdict.ts'
import { heldSentence } from '../report/held.ts'
import { describeEncoding } from '../table/describe.ts'
import { namedInApi } from './command.ts'
import { isDatabaseFile } from './databases.ts'
import { type InfoLine, infoText, labelled } from './info-lines.ts'
import { type ProviderArguments, providerOptions } from './options.ts'

/** What there is to say of a file, in words and as JSON. */
export interface FoundInfo {
  readonly text: string
  readonly json: object
  /** Where it ran. */
  readonly info: SessionInfo
  /** Whether it passes its self-test, and the largest difference. */
  readonly pass: boolean
  readonly worst: number
}

/** Loads and tests the models of a .moonstep file, or those that an export of a folder of runs would write. */
export async function infoOfTables(path: string, argv: ProviderArguments): Promise<FoundInfo> {
  const options = namedInApi(providerOptions, argv)
  const provider = options.provider as NodeLoadOptions['provider']
  const source = isDatabaseFile(path) ? path : await exportDatabase({ run: path })
  const database = await loadDatabase(source, { ...options, provider })
  try {
    const models = [...database.models.values()].map(internalsOf)
    const tests = await Promise.all(models.map(({ file, session }) => selfTest(file, session)))
    const contents = models.map(({ file: { card, description } }) => ({
      encoding: description.encoding,
      rareNames: card.rareNames,
    }))
    const { schema, roots, verdicts, verdictsOf } = database
    const modelFileSentence = heldSentence(contents, keptTables(schema))
    const [first] = database.models.values()
    const lines: InfoLine[] = [
      ...Object.entries(schema.tables).flatMap(([name, table]) =>
        labelled(name, tableLines(database, name, table)),
      ),
      ...labelled('verdicts', verdicts && verdictsOf ? databaseSentences({ verdicts, verdictsOf }) : []),
      ['holds', modelFileSentence],
    ]
    return {
      text: infoText([[path, `the models of ${counted(models.length, 'table')}`], ...lines]),
      json: { kind: 'tables', modelFileSentence, schema, roots, verdicts, verdictsOf },
      info: first!.info,
      pass: tests.every(({ pass }) => pass),
      worst: Math.max(...tests.map(({ worst }) => worst)),
    }
  } finally {
    await database.dispose()
  }
}

/** How many rows of a table there are, what it refers to, and what its model draws. */
function tableLines({ models, roots }: DatabaseModel, name: string, { references }: TableSchema): string[] {
  const model = models.get(name)
  if (!model) return ['keeps its rows: the file and all samples contain them']
  const { encoding } = internalsOf(model).file.description
  const { columns, context = [] } = encoding
  // what is known of every row is described with the table that it is of
  const own = { ...encoding, columns: columns.filter((column) => !context.includes(column.name)) }
  return [
    ...(roots[name] === undefined ? [] : [`${counted(roots[name], 'row')}, or as many as --count says`]),
    ...references.map((each) => `${each.columns.join(', ')}: refers to ${each.table}`),
    ...describeEncoding(own),
  ]
}
