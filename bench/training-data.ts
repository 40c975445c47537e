import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { trainingCsv } from './quality/moons.ts'

/** Not draw 0, on which the default recipe was chosen. */
export const draw = 1

/** Writes 1000 points of two moons to a CSV file, for ours and the peers to train on; returns its path. */
export function writeTrainingData(folder: string): string {
  const path = join(folder, 'moons.csv')
  writeFileSync(path, trainingCsv(draw))
  return path
}
