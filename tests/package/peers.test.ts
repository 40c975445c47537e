import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { duckdbRelease } from '../../src/database/stores/duckdb.ts'

const jsonOf = (path: string) => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'))

it('optional packages have ranges that end, of which the tests run with one', () => {
  const { peerDependencies } = jsonOf('package.json') as { peerDependencies: Record<string, string> }
  for (const [name, range] of Object.entries(peerDependencies)) {
    const [, sign, oldest] = /^(\^|>=|)(\d[\w.-]*)$/.exec(range) ?? []
    expect([name, oldest]).toEqual([name, expect.any(String)])
    // the compiler is the user's, and reads types alone
    expect([name, sign === '>=']).toEqual([name, name === 'typescript'])
    const { version } = jsonOf(`node_modules/${name}/package.json`)
    if (sign === '^') expect([name, version.split('.')[0]]).toEqual([name, oldest!.split('.')[0]])
    // a preview is in a range of the same number alone
    if (/-r\./.test(version)) expect([name, oldest]).toEqual([name, version])
  }
  expect(jsonOf('package-lock.json').packages[''].peerDependencies).toEqual(peerDependencies)
  expect(jsonOf('node_modules/@duckdb/node-api/package.json').version).toBe(duckdbRelease.slice(1))
})
