import type { Setting } from '../group.ts'
import { contest } from '../race.ts'
import { figure, max, type Row } from '../row.ts'

const [model, count] = ['models/census/model.onnx', 100_000]

/** Decoding noise as rows of Adult, against writing these rows as CSV in the same process: in Node, and in a page. */
export async function decode({ pool, rounds }: Setting): Promise<Row[]> {
  const rows: Row[] = []
  for (const where of ['Node', 'Chromium']) {
    const what = `decoding 100,000 rows of Adult in ${where}`
    const contestant = (work: string) => {
      const request = { task: 'decode', model, count, work }
      return where === 'Node' ? pool.ours(1, request) : pool.page(1, request)
    }
    const [row] = await contest({
      contestants: { decode: contestant('decode'), write: contestant('write') },
      lines: [[what, 'slowdown', 'decode', 'write', 'writing them as CSV', max(0.5, 0.3)]],
      rounds,
      threads: 1,
    })
    const perSecond = row!.ours ? count / row!.ours.median : null
    rows.push(row!, { ...figure(what, perSecond, 'rows per second'), threads: 1, missing: row!.missing })
  }
  return rows
}
