import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { median } from '../../src/measure/statistics.ts'
import { moonstep } from '../command.ts'
import type { Setting } from '../group.ts'
import { Missing } from '../pool/protocol.ts'
import { contest } from '../race.ts'
import { figure, max, min, missingRow, type Row } from '../row.ts'
import { flood, inBinary, inJson, type Server, startOurs, startPeer } from './server.ts'

/** A server's requests, rows and latency, beside FastAPI and Python's onnxruntime on the same model. */
export async function serving(setting: Setting): Promise<Row[]> {
  return [...(await rowsOf('two-moons', setting)), ...(await rowsOf('penguins', setting))]
}

async function rowsOf(name: string, setting: Setting): Promise<Row[]> {
  const { pool, folder, rounds, log } = setting
  const [file, what] = [join(folder, `${name}.onnx`), (text: string) => `serve, ${name}: ${text}`]
  moonstep('export', `models/${name}`, '--out', join(folder, 'model.onnx'), '--seeded-out', file)
  const ours = await startOurs(name)
  const peer = await startPeer(setting, file).catch((error) => {
    if (error instanceof Missing) return error
    throw error
  })
  try {
    const run = { task: 'runtime.prepare_rows', model: file, rows: 1000 }
    const contestants = {
      single: ours.busy(64, inJson(1)),
      fastapi: peer instanceof Missing ? () => Promise.reject(peer) : peer.busy(64, inJson(1)),
      thousand: ours.busy(8, inBinary(1000)),
      runtime: pool.peer(availableParallelism(), run),
    }
    const one = what('one row per request, JSON, 64 connections')
    const many = what('1000 rows per request, binary, 8 connections')
    const [server, bare] = ['FastAPI, uvicorn and onnxruntime', "Python's onnxruntime"]
    const rows = await contest({
      contestants,
      lines: [
        [one, 'speedup', 'single', 'fastapi', `${server} on its seeded.onnx`, min(3)],
        [many, 'speedup', 'thousand', 'runtime', `${bare} on its seeded.onnx, with no server`, min(0.6)],
      ],
      rounds,
    })
    log(`serving ${name} at 70 % of its capacity, then at twice that`)
    return [...rows, ...(await underLoad(what, ours))]
  } finally {
    await ours.end()
    if (!(peer instanceof Missing)) await peer.end()
  }
}

/** The latency at seven tenths of the server's capacity, and the behaviour for a minute at twice its capacity. */
async function underLoad(what: (text: string) => string, server: Server): Promise<Row[]> {
  const { seconds } = await server.busy(64, inJson(1))()
  const rate = Math.round(0.7 / seconds!)
  const calm = await server.send(inJson(1), { connections: 16, duration: 10, overallRate: rate })
  const full = await server.send(inJson(500), { connections: 16, duration: 10 })
  const peak = full.answered / full.duration
  const before = await server.memory()
  const { statuses, duration } = await flood(server.infer, inJson(500), 2 * peak, 60)
  const after = await server.memory()
  const { 200: answered = 0, 503: refused = 0, ...others } = statuses
  if (Object.keys(others).length > 0) throw new Error(`overload: ${JSON.stringify(statuses)}`)
  const latency = what('99th percentile of one-row requests at 70 % load, 16 connections')
  const twice = what('throughput at twice the peak load / peak throughput')
  return [
    figure(latency, calm.latency, 'ms', max(25)),
    refused > 0
      ? figure(twice, answered / duration / peak, '', min(0.9))
      : missingRow(twice, 'no request was refused: other work must have lowered the peak'),
    figure(what('memory after that minute / memory before it'), after / before, 'times', max(1.3)),
  ]
}

/** An hour of requests: one row, a thousand in binary, and files, at a rate below the machine's capacity. */
export async function soak({ log }: Setting): Promise<Row[]> {
  const server = await startOurs('penguins')
  const memory: number[] = []
  const statuses: Record<string, number> = {}
  try {
    // a run's memory is kept for the next: reach its maximum now, with the largest batch, which may come at any time
    await server.send(inBinary(5000), { connections: 8, duration: 10 })
    for (let minute = 1; minute <= 60; minute++) {
      const end = performance.now() + 60_000
      const parts = await Promise.all([
        server.send(inJson(1), { connections: 10, duration: 55, overallRate: 100 }),
        server.send(inBinary(1000), { connections: 1, duration: 55, overallRate: 1 }),
        requestFiles(server.infer.replace('/infer', '/sample?n=500&given=sex=female')),
      ])
      for (const [status, count] of parts.flatMap((part) => Object.entries(part.statuses)))
        statuses[status] = (statuses[status] ?? 0) + count
      memory.push(await server.memory())
      log(`minute ${minute}: ${Math.round(memory.at(-1)! / 1e6)} MB, ${JSON.stringify(statuses)}`)
      await sleep(Math.max(0, end - performance.now()))
    }
  } finally {
    await server.end()
  }
  const { 200: answered = 0, ...others } = statuses
  const failed = Object.values(others).reduce((sum, count) => sum + count, 0)
  const [last, first] = [median(memory.slice(-10)), median(memory.slice(10, 20))]
  return [
    figure(`serve for an hour: failed requests, with ${answered} answered`, failed, 'requests', max(0)),
    figure(
      'serve for an hour: memory at the end / memory after ten minutes',
      last / first,
      'times',
      max(1.1),
    ),
    figure('serve for an hour: memory at the end', last / 1e6, 'MB'),
  ]
}

const types = ['text/csv', 'application/json', 'application/vnd.apache.parquet']

/** Requests rows as files for 55 seconds, two a second. */
async function requestFiles(url: string) {
  const statuses: Record<string, number> = {}
  for (let i = 0; i < 110; i++) {
    const answer = await fetch(url, { headers: { accept: types[i % types.length]! } }).catch(() => undefined)
    await answer?.arrayBuffer()
    const status = String(answer?.status ?? 'error')
    statuses[status] = (statuses[status] ?? 0) + 1
    await sleep(500)
  }
  return { statuses }
}
