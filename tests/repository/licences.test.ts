import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { root } from '../helpers/cli.ts'

it('docs/licences.md lists every package of package-lock.json, each under a compatible licence', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/make-licences.mjs', '--check'], {
    cwd: root,
    encoding: 'utf8',
  })
  expect([stderr, status]).toEqual(['', 0])
})
