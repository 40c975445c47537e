/** What a page that reports writes; the test calls these in it. */
import { report } from 'moonstep/web'

/** The report, and the stages that it went through. */
globalThis.reported = async (options) => {
  const stages = new Set()
  const found = await report({ ...options, onProgress: ({ stage }) => stages.add(stage) })
  return { found, stages: [...stages] }
}

/** What a report that is stopped at its first stage rejects with. */
globalThis.stopped = async (options) => {
  const controller = new AbortController()
  const onProgress = () => controller.abort(new Error('enough'))
  return report({ ...options, onProgress, signal: controller.signal }).catch(({ message }) => message)
}

globalThis.refused = async (options) =>
  report(options).catch(({ name, message, code }) => ({ name, message, code }))

globalThis.isReady = true
