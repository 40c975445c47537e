import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { command } from '../../helpers/cli.ts'

/** Runs commands that the page shows, in a folder that holds the table. */
export function runCommands(commands: string, folder: string) {
  const moonstep = (...args: string[]) => {
    const [program, ...rest] = command(...args)
    return spawnSync(program!, rest, { cwd: folder, encoding: 'utf8' })
  }
  const [program, main] = command()
  for (const line of commands.split('\n')) {
    const shell = line
      .replace(/^npx moonstep/, `'${program}' '${main}'`)
      .replace('--out runs/', '--force --out runs/')
    const made = spawnSync('sh', ['-c', line.includes('--resume') ? shell.replace('--force ', '') : shell], {
      cwd: folder,
      encoding: 'utf8',
    })
    if (made.status !== 0) throw new Error(`${line}: ${made.stderr}`)
  }
  return { moonstep, file: (name: string) => readFileSync(join(folder, name)) }
}
