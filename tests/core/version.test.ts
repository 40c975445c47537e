import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { version } from '../../src/core/version.ts'

it('the version is that of package.json', () => {
  const url = new URL('../../package.json', import.meta.url)
  expect(version).toBe(JSON.parse(readFileSync(url, 'utf8')).version)
})
