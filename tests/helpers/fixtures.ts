import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { inject } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

/**
 * What several test files start from, made once in a run of the tests: by the first file that asks for it, while the
 * others wait. Returns what `make` returned, which has to be JSON; `make` gets a folder for its files, which is removed
 * when the run ends.
 */
export async function fixture<T>(name: string, make: (folder: string) => T): Promise<T> {
  const folder = join(inject('fixtures'), name)
  const result = `${folder}.json`
  const isFirst = tries(() => mkdirSync(folder))
  if (isFirst) {
    let outcome: { value: T } | { failure: string }
    try {
      outcome = { value: make(folder) }
    } catch (error) {
      outcome = { failure: error instanceof Error ? error.message : String(error) }
    }
    // nobody reads half of it
    writeFileSync(`${result}.part`, JSON.stringify(outcome))
    renameSync(`${result}.part`, result)
  }
  while (!existsSync(result)) await setTimeout(50)
  const outcome = JSON.parse(readFileSync(result, 'utf8'))
  if ('failure' in outcome) throw new Error(`the fixture ${name} could not be made: ${outcome.failure}`)
  return outcome.value
}

function tries(body: () => void): boolean {
  try {
    body()
    return true
  } catch {
    return false
  }
}

/** The folders of the pages that `npm run web:build` builds. */
export function builtPages(): Promise<{ readonly lesson: string; readonly studio: string }> {
  return fixture('pages', () => {
    // vitest's own NODE_ENV would make it a development build
    const env = { ...process.env, NODE_ENV: undefined }
    const { status, stdout, stderr } = spawnSync('npm', ['run', 'web:build'], {
      cwd: root,
      env,
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(`${stdout}\n${stderr}`)
    const lesson = join(root, 'web/dist')
    return { lesson, studio: join(lesson, 'studio') }
  })
}
