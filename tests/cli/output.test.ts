import { afterAll, beforeEach, expect, it } from 'vitest'
import { beginCall, type Output } from '../../src/cli/call.ts'
import {
  createProgress,
  note,
  printText,
  refuse,
  reportError,
  setManners,
  suggest,
  warn,
} from '../../src/cli/output.ts'
import { InputError } from '../../src/core/errors.ts'

const hostile = 'a\u001b[31m\u001b]0;x\u0007\r\u202e\u0007\u009b\u200b\u2028\ud800z'
const shown = 'a\\u{1b}[31m\\u{1b}]0;x\\u{7}\\u{d}\\u{202e}\\u{7}\\u{9b}\\u{200b}\\u{2028}\\u{d800}z'

/** What a call of the command line writes to two terminals with colours. */
let written: Record<'stdout' | 'stderr', string>
const terminal = (name: 'stdout' | 'stderr') =>
  ({
    isTTY: true,
    columns: 300,
    hasColors: () => true,
    write(text: string) {
      written[name] += text
      return true
    },
  }) as unknown as Output

beforeEach(() => {
  written = { stdout: '', stderr: '' }
  beginCall([], { stdout: terminal('stdout'), stderr: terminal('stderr') })
  setManners({})
})
afterAll(() => beginCall([], process))

it('notes, warnings, refusals and errors have the colours of Moonstep and no others', () => {
  note(hostile)
  note(hostile, 'green')
  warn(hostile)
  refuse(hostile)
  reportError(new Error(`${hostile}\n${hostile}`))
  expect(written.stderr.split('\n')).toEqual([
    shown,
    `\u001b[32m${shown}\u001b[39m`,
    `\u001b[33mwarning:\u001b[39m ${shown}`,
    `\u001b[31m${shown}\u001b[39m`,
    `\u001b[31mmoonstep:\u001b[39m ${shown} ${shown}`,
    '',
  ])
})

it('results have green and red verdicts, and keep their lines', () => {
  printText(`pass ${hostile}\n${hostile}  FAIL  pass\nno pass\n`, ['pass', 'FAIL'])
  expect(written.stdout).toBe(
    `\u001b[32mpass\u001b[39m ${shown}\n${shown}  \u001b[31mFAIL\u001b[39m  \u001b[32mpass\u001b[39m\nno pass\n`,
  )
})

it('a stack trace of --verbose, a suggestion and progress obey no name either', async () => {
  setManners({ verbose: true })
  reportError(new InputError(hostile, 'bad-data'))
  suggest(['train', '--dataset', hostile])
  await new Promise(setImmediate)
  const progress = createProgress()
  progress.wait(hostile)
  progress.update({ stage: hostile, unit: 'rows', done: 1, count: 2, detail: hostile })
  progress.stop()
  expect(written.stderr).toContain(shown)
  // colours and moves of the cursor are Moonstep's and its bar's
  const parts = ['a\u001b', '\u001b]', '\u0007', '\u202e', '\u009b', '\u200b', '\u2028', '\ud800']
  expect(parts.filter((part) => written.stderr.includes(part))).toEqual([])
})
