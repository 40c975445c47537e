import { readFileSync } from 'node:fs'
import { InputError } from '../../src/core/errors.ts'
import { selfTest } from '../../src/infer/open-model.ts'
import { createNodeSession } from '../../src/node/providers.ts'
import { encodeModelFile } from '../../src/onnx/card-graph.ts'
import { readModel } from '../../src/onnx/read.ts'
import { generator, mutations } from './mutate.ts'

/** What reader.test.ts gets from this program, which runs alone so that its memory is the reader's. */
export interface Report {
  tried: number
  read: number
  /** By reason, and by mutation. */
  refused: Record<string, number>
  readBy: Record<string, number>
  /** What was neither read nor refused with one line. */
  wrong: string[]
  slowestMs: number
  slowest: string
  baseRss: number
  peakRss: number
  /** With onnxruntime loaded. */
  peakRssInAll: number
  loaded: number
  notLoaded: string[]
  passed: number
  failed: number
  /** Errors of a run, which aren't a failed self-test. */
  crashed: string[]
}

const [folder, seedText, countText] = process.argv.slice(2) as [string, string, string]
const files = ['model.onnx', 'sampler.onnx'].map((name) => readFileSync(`${folder}/${name}`))
const random = generator(Number(seedText))
const kinds = Object.keys(mutations)
const report: Report = {
  tried: 0,
  read: 0,
  refused: {},
  readBy: {},
  wrong: [],
  slowestMs: 0,
  slowest: '',
  baseRss: process.memoryUsage().rss,
  peakRss: 0,
  peakRssInAll: 0,
  loaded: 0,
  notLoaded: [],
  passed: 0,
  failed: 0,
  crashed: [],
}
const count = (table: Record<string, number>, key: string) => {
  table[key] = (table[key] ?? 0) + 1
}
const reasonOf = (message: string) =>
  [
    'initializer .* not the size',
    'digest differs',
    'is missing',
    'no model card',
    'no ONNX file',
    'is no JSON',
    'its graph',
    'is not what moonstep exports',
    'model card:',
  ].find((part) => new RegExp(part).test(message)) ?? message

const accepted: { bytes: Uint8Array; what: string }[] = []
for (let i = 0; i < Number(countText); i++) {
  const kind = kinds[i % kinds.length]!
  const bytes = mutations[kind]!(files[random(files.length)]!, random)
  const what = `${kind} (${i})`
  const start = performance.now()
  try {
    const own = encodeModelFile(readModel(bytes, 'model.onnx'))
    report.read++
    count(report.readBy, kind)
    if (!files.some((file) => file.equals(own))) accepted.push({ bytes: own, what })
  } catch (error) {
    const { message } = error as Error
    if (!(error instanceof InputError) || !/^model\.onnx[^\p{Cc}\u2028\u2029]+$/u.test(message))
      report.wrong.push(`${what}: ${error}`)
    count(report.refused, reasonOf(message))
  }
  const elapsed = performance.now() - start
  if (elapsed > report.slowestMs) [report.slowestMs, report.slowest] = [elapsed, what]
  report.tried++
  report.peakRss = Math.max(report.peakRss, process.memoryUsage.rss())
}
for (const { bytes, what } of accepted) {
  try {
    const session = await createNodeSession(bytes, { provider: 'cpu', threads: 1 })
    report.loaded++
    try {
      const { pass } = await selfTest(readModel(bytes), session)
      if (pass) report.passed++
      else report.failed++
    } catch (error) {
      report.crashed.push(`${what}: ${error}`)
    }
    await session.release()
  } catch (error) {
    report.notLoaded.push(`${what}: ${error}`)
  }
  report.peakRssInAll = Math.max(report.peakRssInAll, process.memoryUsage.rss())
}
console.log(JSON.stringify(report))
