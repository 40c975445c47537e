import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'

const dist = join(import.meta.dirname, '../../dist')

/** The packages that an entry's types import, each with the files that lead to it. */
function packagesOf(entry: string): Map<string, string> {
  const packages = new Map<string, string>()
  const paths = new Map<string, string>()
  const visit = (file: string, path: string) => {
    if (paths.has(file) || !existsSync(file)) return
    paths.set(file, path)
    const text = readFileSync(file, 'utf8').replaceAll(/\/\*\*[\s\S]*?\*\//g, '')
    for (const [, name] of text.matchAll(/(?:from|import)\s*\(?['"]([^'"]+)['"]/g)) {
      if (!name!.startsWith('.')) packages.set(name!, path)
      else visit(join(dirname(file), name!).replace(/\.[jt]s$/, '.d.ts'), `${path} -> ${name}`)
    }
  }
  visit(join(dist, entry), entry)
  return packages
}

const { dependencies, peerDependencies, peerDependenciesMeta } = JSON.parse(
  readFileSync(join(dist, '../package.json'), 'utf8'),
) as Record<string, Record<string, unknown>>
const installed = new Set([
  ...Object.keys(dependencies!),
  ...Object.keys(peerDependencies!).filter((name) => !Object.hasOwn(peerDependenciesMeta!, name)),
])
const packageOf = (path: string) => /^(@[^/]+\/)?[^/]+/.exec(path)![0]

// such as an optional package's, or the plot library's, whose types need those of d3
it.each(['index.d.ts', 'browser/index.d.ts', 'browser/element.d.ts'])(
  'the types of %s need no types that an install lacks',
  (entry) => {
    const packages = packagesOf(entry)
    const lacking = [...packages].filter(
      ([name]) => !name.startsWith('node:') && !installed.has(packageOf(name)),
    )
    expect(lacking).toEqual([])
    expect(packages.get('@observablehq/plot')).toBeUndefined()
    expect(packages.get('linkedom')).toBeUndefined()
    expect(existsSync(join(dist, entry))).toBe(true)
  },
)

it('no type has a generic typed array, which TypeScript before 5.7 refuses', () => {
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.d.ts'),
  )
  const generic = files.filter((file) => /Array<ArrayBuffer/.test(readFileSync(join(dist, file), 'utf8')))
  expect(files.length).toBeGreaterThan(100)
  expect(generic).toEqual([])
})
