import { readdirSync, readFileSync } from 'node:fs'

export interface Process {
  readonly pid: number
  readonly command: string
}

/** The processes that there are, but for zombies, with their parents. Linux alone. */
function all(): (Process & { readonly parent: number })[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ')
        const status = readFileSync(`/proc/${name}/stat`, 'utf8')
        // the name in parentheses may hold anything
        const [state, parent] = status.slice(status.lastIndexOf(')') + 2).split(' ')
        return state === 'Z' ? [] : [{ pid: Number(name), command, parent: Number(parent) }]
      } catch {
        // it ended meanwhile
        return []
      }
    })
}

/** A process's children, their children, and so on: parents first. */
export function descendants(pid: number): Process[] {
  const processes = all()
  const below = (parent: number): Process[] => {
    const children = processes.filter((each) => each.parent === parent)
    return [...children, ...children.flatMap((child) => below(child.pid))]
  }
  return below(pid)
}

/** The command line of a process that is alive. */
export function commandOf(pid: number): string | undefined {
  return all().find((each) => each.pid === pid)?.command
}
