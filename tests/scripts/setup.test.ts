import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { NOTHING, ROOT, run, TMP } from './helpers.ts'

afterAll(() => rmSync(TMP, { recursive: true, force: true }))

describe('setup', () => {
  const setup = join(ROOT, 'scripts/setup.mjs')

  it('does and prints nothing where everything is installed', async ({ skip }) => {
    // Without npm on PATH it could not reinstall under the feet of the running tests.
    const env = { PATH: NOTHING, npm_execpath: '' }
    const first = await run([setup, '--require-tensorflow'], env)
    if (first.status === 2 && !process.env.MOONSTEP_REQUIRE_ALL) skip(first.stderr)
    const second = await run([setup, '--require-tensorflow'], env)
    expect(second).toMatchObject({ status: 0, stdout: '', stderr: '' })
    expect(second.seconds).toBeLessThan(1)
  }, 60_000)

  it('installs what the lock file lists for this machine, and the second time nothing', async () => {
    const folder = join(TMP, 'clone')
    mkdirSync(join(folder, 'plain'), { recursive: true })
    cpSync(join(ROOT, 'scripts'), join(folder, 'scripts'), { recursive: true })
    const write = (path: string, value: object) => writeFileSync(join(folder, path), JSON.stringify(value))
    const plain = { name: 'plain', version: '1.0.0' }
    const wants = { dependencies: { plain: 'file:plain' }, optionalDependencies: { elsewhere: '1.0.0' } }
    const fork = {
      version: '1.0.0',
      optional: true,
      os: ['!linux', '!darwin', '!win32'],
      dependencies: { beyond: '1.0.0' },
    }
    const trap = "node -e \"require('fs').writeFileSync('ran', '')\""
    write('plain/package.json', { ...plain, scripts: { install: trap } })
    write('package.json', { name: 'clone', version: '1.0.0', ...wants })
    write('package-lock.json', {
      name: 'clone',
      version: '1.0.0',
      lockfileVersion: 3,
      packages: {
        '': { name: 'clone', version: '1.0.0', ...wants },
        plain: { version: '1.0.0', hasInstallScript: true },
        'node_modules/plain': { resolved: 'plain', link: true },
        'node_modules/elsewhere': fork,
        'node_modules/beyond': { version: '1.0.0', optional: true },
      },
    })
    const first = await run([join(folder, 'scripts/setup.mjs')])
    expect(first.stderr).toContain('npm ci took')
    expect(first.stderr).toContain('@tensorflow/tfjs-node is not installed')
    expect(first.status).toBe(0)
    expect(readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual([
      'plain',
    ])
    expect(existsSync(join(folder, 'plain/ran'))).toBe(false)

    const second = await run([join(folder, 'scripts/setup.mjs')])
    expect(second.stderr).toMatch(
      /^setup: @tensorflow\/tfjs-node is not installed.*Training runs on onnxruntime .* without it\n$/,
    )
    expect(second.status).toBe(0)
    const strict = await run([join(folder, 'scripts/setup.mjs'), '--require-tensorflow'])
    expect(strict.status).toBe(2)
  }, 60_000)

  it('fails with the message of npm when npm ci fails', async () => {
    const folder = join(TMP, 'unlocked')
    cpSync(join(ROOT, 'scripts'), join(folder, 'scripts'), { recursive: true })
    const lock = {
      lockfileVersion: 3,
      packages: { '': { dependencies: { a: '1.0.0' } }, 'node_modules/a': { version: '1.0.0' } },
    }
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lock))
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ dependencies: { b: '2.0.0' } }))
    const { status, stderr } = await run([join(folder, 'scripts/setup.mjs')], { npm_config_offline: 'true' })
    expect(status).toBe(3)
    expect(stderr).toMatch(/npm error[\s\S]*setup: npm ci failed \(exit 1\)/)
  }, 60_000)

  it('refuses an unknown option', async () => {
    const { status, stderr } = await run([setup, '--force'])
    expect(status).toBe(2)
    expect(stderr).toMatch(/^setup: there is no option --force, .*\n$/)
  })
})
