import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { trainingCsv } from './quality/moons.ts'

/** The default recipe was chosen on draw 0: this is another. */
export const draw = 1

/** 1000 points of two moons as a CSV file, which ours and the peers train on: its path. */
export function writeTrainingData(folder: string): string {
  const path = join(folder, 'moons.csv')
  writeFileSync(path, trainingCsv(draw))
  return path
}
