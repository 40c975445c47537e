// Programs in processes that end with this one.
import { spawn } from 'node:child_process'
import { InstallError } from './install-error.mjs'

/**
 * @typedef {object} Result
 * @property {boolean} ok it exited by itself with status 0
 * @property {boolean} missing there is no such program
 * @property {boolean} timedOut
 * @property {string} output the end of stdout and stderr together
 */

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set()

/**
 * A child leads its own process group, so that whatever it started ends with it.
 * @param {import('node:child_process').ChildProcess} child
 */
const endGroup = (child) => {
  try {
    if (process.platform === 'win32') child.kill()
    else if (child.pid) process.kill(-child.pid, 'SIGKILL')
  } catch {
    // It has already ended.
  }
}

/** Ends every program that `run` started and that is still running. */
export const endAll = () => {
  for (const child of running) endGroup(child)
}

/**
 * Runs a program without stdin and resolves, never rejects, once it ends or `limit` milliseconds have passed.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, limit?: number }} [options]
 * @returns {Promise<Result>}
 */
export const run = (command, args, { cwd, env, limit = 600_000 } = {}) =>
  new Promise((resolve) => {
    const child = spawn(command, args, {
      ...(cwd && { cwd }),
      env: env ?? process.env,
      detached: process.platform !== 'win32',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    running.add(child)
    let output = ''
    let timedOut = false
    const timer = setTimeout(() => {
      timedOut = true
      endGroup(child)
    }, limit)
    /** @param {Partial<Result>} result */
    const finish = (result) => {
      clearTimeout(timer)
      running.delete(child)
      resolve({ ok: false, missing: false, timedOut, output, ...result })
    }
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output = (output + text).slice(-65_536)
      })
    }
    child.on('error', (error) => finish({ missing: true, output: error.message }))
    child.on('close', (code, signal) => {
      if (signal) output += `\nended by ${signal}`
      finish({ ok: code === 0 })
    })
  })

/**
 * The most telling line of a program's output: the last that starts like an error, otherwise the last.
 * @param {Result} result
 */
export const errorLine = ({ output }) => {
  const lines = output.split('\n').map((line) => line.trim())
  const errors = lines.filter((line) => /^(\S+: )*(fatal )?\w*error\b/i.test(line))
  const line = errors.at(-1) ?? lines.filter(Boolean).at(-1) ?? 'it printed nothing'
  return line.replace(/^error: /i, '').slice(0, 200)
}

/**
 * Throws an InstallError if a program failed.
 * @param {Result} result
 * @param {string} what
 * @param {string} [fix]
 */
export const requireSuccess = (result, what, fix = 'run this again once that is put right') => {
  if (result.ok) return
  throw new InstallError(`${what} (${result.timedOut ? 'it took too long' : errorLine(result)})`, fix)
}

/**
 * Logs the line only if the work takes a while, so that an immediate failure stays one line.
 * @template T
 * @param {(line: string) => void} log
 * @param {string} line
 * @param {Promise<T>} work
 * @returns {Promise<T>}
 */
export const announce = async (log, line, work) => {
  const timer = setTimeout(log, 1500, line)
  try {
    return await work
  } finally {
    clearTimeout(timer)
  }
}
