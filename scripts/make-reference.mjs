/**
 * Makes docs/reference, or the given folder: the command line's pages from its --help, and the package's from its doc
 * comments by TypeDoc. `npm run docs:reference` builds first; tests/docs/reference.slow.test.ts makes it again.
 */
import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Application, makeRecursiveVisitor, ReflectionKind } from 'typedoc'
import { writeWhole } from '../dist/core/files.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const out = process.argv[2] ?? join(root, 'docs/reference')
const columns = 100

/** A command's --help, as in a terminal of 100 columns. */
async function help(...command) {
  const terminal = `data:text/javascript,process.stdout.columns=${columns}`
  const args = ['--import', terminal, join(root, 'dist/cli/main.js'), ...command, '--help']
  const env = { ...process.env, LC_ALL: 'en_US.UTF-8', NO_COLOR: '1' }
  const { stdout } = await promisify(execFile)(process.execPath, args, { env })
  return stdout.trimEnd()
}

async function commandLine() {
  const overview = await help()
  // yargs provides completion, whose help is the script itself
  const names = [...overview.matchAll(/^ {2}moonstep (?!completion)(\S+)/gm)].map(([, name]) => name)
  const pages = await Promise.all(names.map((name) => help(name)))
  const section = (title, text) => `## ${title}\n\n\`\`\`text\n${text}\n\`\`\`\n`
  return [
    '# The command line\n\nMade by `npm run docs:reference` from what `--help` prints.\n',
    section('moonstep', overview),
    ...names.map((name, i) => section(`moonstep ${name}`, pages[i])),
  ].join('\n')
}

/** Nulls sort last. */
function byName(a, b) {
  const key = (type) => (/^(null|undefined)$/.test(`${type}`) ? `~${type}` : `${type}`)
  return key(a) < key(b) ? -1 : 1
}

/** TypeScript lists a union's members in the order in which it saw them, which any code change may alter. */
const ordered = makeRecursiveVisitor({
  union({ types }) {
    types.sort(byName)
  },
  // types that TypeDoc only has as text
  unknown(type) {
    type.name = type.name.replace(/[\w"]+( \| [\w"]+)+/g, (union) =>
      union.split(' | ').sort(byName).join(' | '),
    )
  },
})

/** A page for each entry point of the package. */
async function api(folder) {
  const application = await Application.bootstrapWithPlugins({
    name: 'The package',
    plugin: ['typedoc-plugin-markdown'],
    entryPoints: [
      'src/index.ts',
      'src/browser/index.ts',
      'src/browser/databases.ts',
      'src/browser/element.ts',
    ].map((file) => join(root, file)),
    tsconfig: join(root, 'tsconfig.build.json'),
    // given explicitly because TypeDoc empties it first, and its default is docs
    outputs: [{ name: 'markdown', path: folder }],
    router: 'module',
    readme: 'none',
    skipErrorChecking: true,
    excludeExternals: true,
    disableSources: true,
    hidePageHeader: true,
    hideBreadcrumbs: true,
    useCodeBlocks: true,
    expandParameters: true,
    parametersFormat: 'table',
    propertiesFormat: 'table',
    interfacePropertiesFormat: 'table',
    typeDeclarationFormat: 'table',
    tableColumnSettings: { hideInherited: true, hideModifiers: true, hideOverrides: true },
    // its warnings concern comments in other packages' types
    logLevel: 'Error',
  })
  const project = await application.convert()
  if (!project) process.exit(1)
  // TypeDoc's name for a destructured parameter
  for (const parameter of project.getReflectionsByKind(ReflectionKind.Parameter))
    if (parameter.name === '__namedParameters') parameter.name = 'options'
  for (const reflection of project.getReflectionsByKind(ReflectionKind.All)) reflection.type?.visit(ordered)
  await application.generateOutputs(project)
}

await mkdir(out, { recursive: true })
await writeWhole(join(out, 'cli.md'), await commandLine())
await api(join(out, 'api'))
