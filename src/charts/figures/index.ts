import { columns } from './columns.ts'
import { dataset } from './dataset.ts'
import { density } from './density.ts'
import type { FigureDefinition } from './figure.ts'
import { forward } from './forward.ts'
import { loss } from './loss.ts'
import { pairs } from './pairs.ts'
import { reverse } from './reverse.ts'
import { samples } from './samples.ts'
import { schedules } from './schedules.ts'
import { trajectory } from './trajectory.ts'
import { vectorField } from './vector-field.ts'

/** The figures. To add one, add a file and a line here. */
export const figures = [
  dataset,
  forward,
  samples,
  vectorField,
  schedules,
  loss,
  trajectory,
  density,
  pairs,
  columns,
  reverse,
] as const satisfies readonly FigureDefinition[]

export type FigureName = (typeof figures)[number]['name']
