import { createInterface } from 'node:readline'
import { InputError, messageOf } from '../../src/core/errors.ts'
import { type Measure, Missing, type Request } from './protocol.ts'

/** Answers the lines of stdin on stdout. `prepare` warms up a request's measurement, which is kept for the next line. */
export async function answerLines(
  prepare: (request: Request, threads: number) => Promise<Measure>,
): Promise<never> {
  const threads = Number(process.env.OMP_NUM_THREADS)
  const prepared = new Map<string, Measure>()
  const answer = async (line: string): Promise<object> => {
    const measure = prepared.get(line) ?? (await prepare(JSON.parse(line), threads))
    prepared.set(line, measure)
    const [start, busy] = [performance.now(), process.cpuUsage()]
    const seconds = await measure()
    const { user, system } = process.cpuUsage(busy)
    return { seconds, cores: (user + system) / 1000 / (performance.now() - start) }
  }
  const write = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)
  // notes from libraries would pass for answers
  console.log = console.info = console.error
  write({ versions: {} })
  for await (const line of createInterface({ input: process.stdin })) write(await answer(line).catch(problem))
  process.exit()
}

/** What this machine lacks is missing, anything else a fault. */
function problem(error: unknown): object {
  const reason = messageOf(error).split('\n')[0]!
  return error instanceof Missing || error instanceof InputError ? { missing: reason } : { fault: reason }
}
