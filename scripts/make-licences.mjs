/**
 * Writes docs/licences.md: every package that Moonstep needs, with its licence. With --check it writes nothing, and
 * exits with 1 if the file is out of date, or a licence is incompatible with ours.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

/** Licences that a program under the MIT licence may include, for any use. */
const compatible = [
  '(BSD-3-Clause AND Apache-2.0)',
  '(MIT AND Zlib)',
  '(MIT OR CC0-1.0)',
  '0BSD',
  'Apache-2.0',
  'Apache-2.0 AND MIT',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT OR Apache-2.0',
  // covers only its own files, which are included unchanged
  'MPL-2.0',
  'Unlicense',
]

/** Licences also allowed for development tools, whose files are not distributed. */
const compatibleForTools = [...compatible, 'CC BY-SA 4.0', 'CC-BY-4.0', 'Python-2.0', 'WTFPL']

/** The package-lock.json paths that a package's dependencies reach, including itself. */
function reachFrom(packages, names, seen = new Set(), from = '') {
  for (const name of names) {
    let folder = from
    while (folder !== '' && !packages[`${folder}/node_modules/${name}`])
      folder = folder.replace(/\/?node_modules\/(@[^/]+\/)?[^/]+$/, '')
    const path = `${folder}${folder && '/'}node_modules/${name}`
    const found = packages[path]
    // an optional package for another system, or an optional peer that is not installed
    if (!found || seen.has(path)) continue
    seen.add(path)
    const { dependencies, optionalDependencies, peerDependencies } = found
    reachFrom(
      packages,
      Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }),
      seen,
      path,
    )
  }
  return seen
}

/** The packages at these package-lock.json paths, by licence. */
function byLicence(packages, paths) {
  const found = new Map()
  for (const path of paths) {
    const licence = packages[path].license ?? licenceOf(path) ?? 'unknown'
    const name = path.replace(/^.*node_modules\//, '')
    found.set(licence, (found.get(licence) ?? new Set()).add(`${name} ${packages[path].version}`))
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1))
}

/** Handles packages that use an outdated form: { type }, or a list of these. */
function licenceOf(path) {
  if (!existsSync(`${path}/package.json`)) return undefined
  const { license, licenses } = JSON.parse(readFileSync(`${path}/package.json`, 'utf8'))
  return license?.type ?? license ?? licenses?.map(({ type }) => type).join(' OR ')
}

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'))
const { dependencies, peerDependencies } = packages['']
const installed = reachFrom(packages, Object.keys(dependencies))
const withPeers = reachFrom(packages, Object.keys(peerDependencies), new Set(installed))
const isPackage = (path) => path.includes('node_modules/') && !packages[path].link
const groups = [
  {
    title: 'What an install brings',
    about: '`npm install moonstep` installs these.',
    licences: byLicence(packages, installed),
    allowed: compatible,
  },
  {
    title: 'What the optional packages bring',
    about: 'You install these only for the features that need them.',
    licences: byLicence(
      packages,
      [...withPeers].filter((path) => !installed.has(path)),
    ),
    allowed: compatible,
  },
  {
    title: 'What development needs',
    about:
      'These build and test Moonstep. The bundled pages contain a few of them, all under the MIT licence.',
    licences: byLicence(
      packages,
      Object.keys(packages).filter((path) => isPackage(path) && !withPeers.has(path)),
    ),
    allowed: compatibleForTools,
  },
]

const listOf = ([licence, names]) =>
  `- **${licence}**: ${[...names]
    .sort()
    .map((name) => `\`${name}\``)
    .join(', ')}\n`
const text = `# Licences

Moonstep is under the [MIT licence](../LICENSE). The packages that it needs have the licences below, all of which allow use and
distribution with Moonstep. \`npm run docs:licences\` makes this list from package-lock.json; a test fails if a package has another licence.

Figures use the font DejaVu Sans, which is free under [its own licence](https://dejavu-fonts.github.io/License.html).

${groups.map(({ title, about, licences }) => `## ${title}\n\n${about}\n\n${licences.map(listOf).join('')}`).join('\n')}`

const file = 'docs/licences.md'
if (process.argv.includes('--check')) {
  const strange = groups.flatMap(({ licences, allowed }) =>
    licences.filter(([licence]) => !allowed.includes(licence)),
  )
  for (const [licence, names] of strange) console.error(`${[...names].join(', ')}: the licence is ${licence}`)
  const isOld = readFileSync(file, 'utf8') !== text
  if (isOld) console.error(`${file} is not of package-lock.json: npm run docs:licences`)
  if (isOld || strange.length > 0) process.exit(1)
} else writeFileSync(file, text)
