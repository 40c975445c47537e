import { existsSync, lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { blackHole, expectPristine, NOTHING, offline, project, run, start, TMP } from './helpers.ts'

afterAll(() => rmSync(TMP, { recursive: true, force: true }))

describe('install-tensorflow', () => {
  it('explains in one line why there is no binding', async () => {
    const { packageDir, script } = project('dead-port')
    const hole = await blackHole()
    await hole.close()
    const { status, stdout, stderr } = await run([script], offline('dead-port-cache', hole.port))
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^no TensorFlow binding: the official download failed \(.*ECONNREFUSED.*\); .*\n$/)
    if (process.platform === 'linux' && process.arch === 'x64') expect(stderr).toContain('python3, pip, g++')
    expect(status).toBe(2)
    expectPristine(packageDir)
    expect(readdirSync(join(TMP, 'dead-port-cache/moonstep'))).toEqual([])
  }, 20_000)

  it('gives up a download that stalls', async () => {
    const { folder, packageDir } = project('black-hole')
    const hole = await blackHole()
    const code = `
      const { installTensorflow } = await import(${JSON.stringify(join(folder, 'scripts/tensorflow/install.mjs'))})
      await installTensorflow({ packageDir: ${JSON.stringify(packageDir)}, downloadLimit: 2000 })`
    const { status, stderr, seconds } = await run(
      [
        '--input-type=module',
        '-e',
        `try {${code}} catch (error) { console.error(error.why); process.exit(9) }`,
      ],
      offline('black-hole-cache', hole.port),
    )
    await hole.asked
    expect(stderr).toContain('the official download failed (it was not done after 2 s)')
    expect(status).toBe(9)
    expect(seconds).toBeGreaterThan(2)
    expect(seconds).toBeLessThan(6)
    await expect.poll(hole.open).toBe(0)
    await hole.close()
    expectPristine(packageDir)
    expect(readdirSync(join(TMP, 'black-hole-cache/moonstep'))).toEqual([])
  }, 20_000)

  it('leaves nothing behind when it is interrupted', async () => {
    const { packageDir, script } = project('interrupted')
    const hole = await blackHole()
    const { child, ended } = start([script], offline('interrupted-cache', hole.port))
    await hole.asked
    child.kill('SIGTERM')
    expect((await ended).status).toBe(143)
    await expect.poll(hole.open).toBe(0)
    await hole.close()
    expectPristine(packageDir)
    expect(readdirSync(join(TMP, 'interrupted-cache/moonstep'))).toEqual([])
  }, 20_000)

  it('links the binding again from the cache after the package was wiped', async ({ skip }) => {
    const { packageDir, script } = project('wiped')
    const home = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
    const { version } = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8'))
    const entry = join(home, 'moonstep', `tensorflow-${version}-${process.platform}-${process.arch}`)
    if (!existsSync(entry)) {
      if (process.env.MOONSTEP_REQUIRE_ALL) throw new Error(`there is no TensorFlow binding in ${entry}`)
      skip(`there is no TensorFlow binding in ${entry}`)
    }
    const env = { PATH: NOTHING }
    for (const round of ['fresh', 'wiped']) {
      const linked = await run([script], env)
      expect(linked.stderr, round).toMatch(/^TensorFlow binding linked from the cache \(.*\)\n$/)
      expect(linked.status).toBe(0)
      expect(lstatSync(join(packageDir, 'deps')).isSymbolicLink()).toBe(true)
      const again = await run([script], env)
      expect(again).toMatchObject({ status: 0, stderr: 'TensorFlow binding in place\n' })
      expect((await run([script, '--clean'], env)).status).toBe(0)
      expectPristine(packageDir)
    }
    expect(existsSync(join(entry, 'deps/lib'))).toBe(true)
  }, 60_000)
})
