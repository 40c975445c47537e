import { fileURLToPath } from 'node:url'
import { Application, Logger } from 'typedoc'
import { beforeAll, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

class Warnings extends Logger {
  readonly lines: string[] = []
  override log(message: string) {
    this.lines.push(message)
  }
}

const entries = ['index', 'browser/index', 'browser/element']

/** What each entry point fails to export, by the entry point; all are read in one program, which takes most of the time. */
const faults = new Map<string, readonly string[]>()
beforeAll(async () => {
  const application = await Application.bootstrap({
    entryPoints: entries.map((entry) => `${root}src/${entry}.ts`),
    tsconfig: `${root}tsconfig.build.json`,
    validation: { notExported: true, invalidLink: false, rewrittenLink: false, notDocumented: false },
    // what types are computed from, and the options that each entry point names its own version of
    intentionallyNotExported: [
      'figures',
      'cardSchema',
      'builtIn',
      'engineNames',
      'recipes',
      'columnKinds',
      'partsOfDates',
      'BuiltIn',
      'Merged',
      'ParametersIn',
      'src/infer/model.ts:LoadOptions',
    ],
    excludeExternals: true,
    skipErrorChecking: true,
  })
  for (const [k, entry] of (application.getEntryPoints() ?? []).entries()) {
    const warnings = new Warnings()
    application.logger = warnings
    application.validate(application.converter.convert([entry]))
    faults.set(
      entries[k]!,
      warnings.lines.filter((line) => line.includes('not included')),
    )
  }
}, 240_000)

it.each(entries)('src/%s.ts exports every type that its exports mention', (entry) => {
  expect(faults.get(entry)).toEqual([])
})
