import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { moonstep } from '../command.ts'
import type { Row } from './row.ts'

const model = 'models/two-moons-seed/model.onnx'

/** Time and memory of `moonstep evaluate` on 10,000 samples against 10,000 points, the whole process. */
export function evaluateRows(): Row[] {
  const folder = mkdtempSync(join(tmpdir(), 'moonstep-bench-'))
  try {
    const [samples, data] = ['samples', 'data'].map((name) => join(folder, `${name}.npy`)) as [string, string]
    moonstep('sample', model, '-n', '10000', '--seed', '1', '--out', samples)
    moonstep('sample', model, '-n', '10000', '--seed', '2', '--out', data)
    const full = moonstep('evaluate', samples, '--against', data, '--json')
    const quick = moonstep('evaluate', samples, '--against', data, '--json', '--quick')
    return [
      { what: 'evaluate, 10,000 against 10,000', value: full.seconds, unit: 's', limit: 20 },
      { what: 'evaluate, its memory', value: full.memory / 1e6, unit: 'MB', limit: 500 },
      { what: 'evaluate --quick', value: quick.seconds, unit: 's', limit: 5 },
    ]
  } finally {
    rmSync(folder, { recursive: true })
  }
}
