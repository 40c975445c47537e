import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { command } from '../helpers/cli.ts'
import { describeWith } from '../helpers/needs.ts'
import { words } from '../helpers/words.ts'
import { commandOf, descendants } from './processes.ts'

const root = new URL('../..', import.meta.url).pathname
const model = join(root, 'models/two-moons-seed/model.onnx')

/** The processor's time that a process took: the fields after its name, in hundredths of a second. */
function secondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

describeWith('chromium', 'a command that is ended leaves no Chromium', () => {
  const folder = mkdtempSync(join(tmpdir(), 'moonstep-chromium-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  /** Ends the command once its page computes; what it was, and the processes below it that it had. */
  async function endedBy(signal: NodeJS.Signals, args: string[]) {
    const [program, ...rest] = command(...args)
    const child = spawn(program!, rest, {
      cwd: root,
      env: { ...process.env, TMPDIR: folder },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let stderr = ''
    child.stderr.on('data', (text) => {
      stderr += text
    })
    const closed = new Promise<number | null>((resolve) => child.on('close', resolve))
    try {
      const pages = () => descendants(child.pid!).filter(({ command }) => command.includes('--type=renderer'))
      // a page that has only been opened takes less
      await expect.poll(() => pages().some(({ pid }) => secondsOf(pid) > 1.5)).toBe(true)
      const below = descendants(child.pid!)
      child.kill(signal)
      return { code: await closed, stderr, below }
    } finally {
      child.kill('SIGKILL')
    }
  }
  const forever = words`sample ${model} -n 5000000 --provider wasm-browser --out ${join(folder, 's.npy')}`
  const bench = words`bench ${model} --providers wasm-browser --seconds 1000`

  it.each([
    ['SIGINT', 'sample', forever, 130],
    ['SIGTERM', 'sample', forever, 143],
    ['SIGINT', 'bench', bench, 130],
    ['SIGKILL', 'sample', forever, null],
  ] as const)(
    'by %s, %s',
    async (signal, _, args, code) => {
      const ended = await endedBy(signal, [...args])
      expect(ended.code).toBe(code)
      if (code !== null) expect(ended.stderr).toContain(`stopped by ${signal}`)
      expect(ended.below.length).toBeGreaterThan(2)
      const left = () => ended.below.filter(({ pid, command: was }) => commandOf(pid) === was)
      await expect.poll(left).toEqual([])
    },
    90_000,
  )
})
