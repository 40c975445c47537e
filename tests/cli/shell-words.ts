import { spawnSync } from 'node:child_process'

/** A line as the system's shell takes it apart. */
export function shellWords(line: string): string[] {
  const { stdout } = spawnSync('sh', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' })
  return stdout.split('\0').slice(0, -1)
}
