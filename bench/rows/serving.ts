import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import autocannon from 'autocannon'
import { alternate } from '../alternate.ts'
import { moonstep } from '../command.ts'
import { type Body, inBinary, inJson, memoryOf, sendAt, sendBusily } from '../serving/load.ts'
import { type MeasuredServer, pythonWithServer, startOurs, startPeer } from '../serving/servers.ts'
import type { Contestant } from '../team.ts'
import { Missing } from '../worker.ts'
import type { Group, Setting } from './group.ts'
import { budget, comparison, type Row } from './row.ts'

/** The duration of a round of requests, in seconds. */
const roundSeconds = 3
const overloadSeconds = 60
const peerPort = 8290

/** A server's requests, rows and latency, beside FastAPI and Python's onnxruntime on the same model. */
export const servingRows: Group = async (setting) => {
  const rows: Row[] = []
  for (const name of ['two-moons', 'penguins']) rows.push(...(await rowsOf(name, setting)))
  return rows
}

async function rowsOf(name: string, { folder, rounds, log }: Setting): Promise<Row[]> {
  const seeded = join(folder, `${name}.onnx`)
  moonstep('export', `models/${name}`, '--out', join(folder, 'model.onnx'), '--seeded-out', seeded)
  const ours = await startOurs(`models/${name}/sampler.onnx`, name)
  const peer = await startPeer(seeded, peerPort, log).catch((error) => {
    if (error instanceof Missing) return error
    throw error
  })
  try {
    log(`serving ${name}: single rows`)
    const single = await alternate(
      [
        contestant('ours', () => secondsOfRequest(ours, inJson(1), 64)),
        contestant('theirs', async () => {
          if (peer instanceof Missing) throw peer
          return secondsOfRequest(peer, inJson(1), 64)
        }),
      ],
      rounds,
    )
    log(`serving ${name}: a thousand rows`)
    const thousand = await alternate(
      [
        contestant('ours', () => secondsOfRequest(ours, inBinary(1000), 8)),
        contestant('theirs', async () => secondsOfRun(pythonWithServer(log), seeded)),
      ],
      rounds,
    )
    return [
      comparison({
        what: `serve, ${name}: one row per request, JSON, 64 connections`,
        against: 'FastAPI, uvicorn and onnxruntime on its seeded.onnx',
        threads: null,
        ours: single.ours!,
        theirs: single.theirs!,
        by: 'speedup',
        reach: 3,
      }),
      comparison({
        what: `serve, ${name}: 1000 rows per request, binary, 8 connections`,
        against: "Python's onnxruntime on its seeded.onnx, with no server",
        threads: null,
        ours: thousand.ours!,
        theirs: thousand.theirs!,
        by: 'speedup',
        reach: 0.6,
      }),
      ...(await underLoad(name, ours, log)),
    ]
  } finally {
    await ours.end()
    if (!(peer instanceof Missing)) await peer.end()
  }
}

/** The latency at seven tenths of the server's capacity, and the behaviour at twice its capacity. */
async function underLoad(name: string, ours: MeasuredServer, log: (line: string) => void): Promise<Row[]> {
  log(`serving ${name}: at 70 %, then at twice what it can`)
  const most = 1 / (await secondsOfRequest(ours, inJson(1), 64))
  const calm = await autocannon({
    ...asked(ours, inJson(1)),
    connections: 16,
    duration: 10,
    overallRate: Math.round(0.7 * most),
  })
  const large = inJson(500)
  const busy = await sendBusily(16, 10, ours.infer, large)
  const peak = busy.statuses[200]! / busy.whole
  const before = await memoryOf(ours.metrics)
  const over = await sendAt(2 * peak, overloadSeconds, ours.infer, large)
  const after = await memoryOf(ours.metrics)
  const { 200: answered = 0, 503: refused = 0, ...others } = over.statuses
  if (Object.keys(others).length > 0 || refused === 0)
    throw new Error(`overload: ${JSON.stringify(over.statuses)}`)
  const row = (what: string) => `serve, ${name}: ${what}`
  return [
    budget(
      row('99th percentile of one-row requests at 70 % load, 16 connections'),
      calm.latency.p99,
      'ms',
      25,
    ),
    {
      ...budget(
        row('throughput at twice the peak load / peak throughput'),
        answered / over.whole / peak,
        '',
        0.9,
      ),
      atLeast: true,
    },
    budget(row('memory after that minute / memory before it'), after / before, 'times', 1.3),
  ]
}

function contestant(name: string, seconds: () => Promise<number>): Contestant {
  return { name, measure: async () => ({ seconds: await seconds() }) }
}

/** The time per request of a server kept busy. Throws if a request is not answered. */
async function secondsOfRequest(server: MeasuredServer, body: Body, connections: number): Promise<number> {
  const result = await autocannon({ ...asked(server, body), connections, duration: roundSeconds })
  const failed = result.errors + result.non2xx
  if (failed > 0) throw new Error(`${failed} requests failed at ${server.infer}`)
  return result.duration / result['2xx']
}

function asked({ infer }: MeasuredServer, { body, headers }: Body) {
  return { url: infer, method: 'POST', body, headers } as const
}

/** The time of a run of a thousand rows without a server around it. */
function secondsOfRun(python: string, file: string): number {
  const { status, stdout, stderr } = spawnSync(
    python,
    ['bench/peers/seeded_run.py', file, String(roundSeconds)],
    {
      encoding: 'utf8',
    },
  )
  if (status !== 0) throw new Error(stderr)
  return Number(stdout)
}
