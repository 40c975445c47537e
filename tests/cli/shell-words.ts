import { spawnSync } from 'node:child_process'

/** A line as a shell takes it apart. */
export function shellWords(line: string, shell = 'sh'): string[] {
  const { stdout } = spawnSync(shell, ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' })
  return stdout.split('\0').slice(0, -1)
}
