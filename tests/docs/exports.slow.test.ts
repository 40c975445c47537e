import { fileURLToPath } from 'node:url'
import { Application, Logger } from 'typedoc'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

class Warnings extends Logger {
  readonly lines: string[] = []
  override log(message: string) {
    this.lines.push(message)
  }
}

it.each(['index', 'browser/index', 'browser/element'])(
  'src/%s.ts exports every type that its exports mention',
  async (entry) => {
    const application = await Application.bootstrap({
      entryPoints: [`${root}src/${entry}.ts`],
      tsconfig: `${root}tsconfig.build.json`,
      validation: { notExported: true, invalidLink: false, rewrittenLink: false, notDocumented: false },
      // what types are computed from, and the options that each entry point names its own version of
      intentionallyNotExported: [
        'figures',
        'cardSchema',
        'builtIn',
        'engineNames',
        'recipes',
        'BuiltIn',
        'Merged',
        'ParametersIn',
        'src/infer/model.ts:LoadOptions',
      ],
      excludeExternals: true,
      skipErrorChecking: true,
    })
    const project = await application.convert()
    const warnings = new Warnings()
    application.logger = warnings
    application.validate(project!)
    expect(warnings.lines.filter((line) => line.includes('not included'))).toEqual([])
  },
  120_000,
)
