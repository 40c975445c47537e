/**
 * Writes docs/licences.md: what `npm install moonstep` brings, and under which licences. With --check it writes nothing, and ends with 1 where
 * the file is another, or a package is under a licence that does not go with ours.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

/** Licences that a program under the MIT licence may bring along, whatever is done with it. */
const compatible = [
  '(BSD-3-Clause AND Apache-2.0)',
  '(MIT OR CC0-1.0)',
  'Apache-2.0',
  'Apache-2.0 AND MIT',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  // of its own files alone, which are brought as they are
  'MPL-2.0',
  'Unlicense',
]

/** The packages that an install brings, by licence. */
function packagesByLicence({ packages }) {
  const byLicence = new Map()
  for (const [path, { dev, devOptional, peer, license, version }] of Object.entries(packages)) {
    if (path === '' || dev || devOptional || peer) continue
    const name = path.replace(/^.*node_modules\//, '')
    const licence = license ?? licenceOf(path) ?? 'unknown'
    byLicence.set(licence, [...(byLicence.get(licence) ?? []), `${name} ${version}`])
  }
  return new Map([...byLicence].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Of packages that say it in another way than today's: { type }, or a list of these. */
function licenceOf(path) {
  if (!existsSync(`${path}/package.json`)) return undefined
  const { license, licenses } = JSON.parse(readFileSync(`${path}/package.json`, 'utf8'))
  return license?.type ?? license ?? licenses?.map(({ type }) => type).join(' OR ')
}

/** docs/licences.md as text. */
function licencesText(byLicence) {
  const parts = [...byLicence].map(([licence, names]) => {
    const list = [...new Set(names)].sort().map((name) => `\`${name}\``)
    return `## ${licence}\n\n${list.join(', ')}\n`
  })
  return `# Licences

Moonstep is under the [MIT licence](../LICENSE). The packages that \`npm install moonstep\` brings, including optional
ones, have the licences below, all of which allow use and distribution with Moonstep. \`npm run docs:licences\` makes this list from
package-lock.json; a test fails if a package has another licence.

Figures use the font DejaVu Sans, which is free under [its own licence](https://dejavu-fonts.github.io/License.html).

${parts.join('\n')}`
}

const byLicence = packagesByLicence(JSON.parse(readFileSync('package-lock.json', 'utf8')))
const text = licencesText(byLicence)
const file = 'docs/licences.md'
if (process.argv.includes('--check')) {
  const strange = [...byLicence].filter(([licence]) => !compatible.includes(licence))
  for (const [licence, names] of strange) console.error(`${names.join(', ')}: the licence is ${licence}`)
  const isOld = readFileSync(file, 'utf8') !== text
  if (isOld) console.error(`${file} is not of package-lock.json: npm run docs:licences`)
  if (isOld || strange.length > 0) process.exit(1)
} else writeFileSync(file, text)
