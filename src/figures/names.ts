import { InputError } from '../core/errors.ts'

/** What a figure is drawn from, and the options that it takes beside the looks. */
interface FigureKind {
  readonly describe: string
  readonly from: 'data' | 'model' | 'run' | 'nothing'
  readonly takes: readonly FigureOption[]
}

export const figureOptionNames = [
  'dataset',
  'rows',
  'noise-level',
  'data',
  'count',
  'seed',
  'at',
  'columns',
  'schedule',
  'timesteps',
] as const
export type FigureOption = (typeof figureOptionNames)[number]

const data = ['dataset', 'rows', 'noise-level', 'data'] as const

export const figureKinds = {
  dataset: { describe: 'the data', from: 'data', takes: [...data, 'seed', 'columns'] },
  forward: {
    describe: 'the forward process, a panel for each t',
    from: 'model',
    takes: [...data, 'seed', 'at', 'columns'],
  },
  samples: {
    describe: 'samples beside the data',
    from: 'model',
    takes: [...data, 'count', 'seed', 'columns'],
  },
  'vector-field': {
    describe: "arrows of the negative predicted noise, and one sample's reverse path",
    from: 'model',
    takes: ['seed', 'at'],
  },
  schedules: { describe: '1 - alphaBar_t of schedules', from: 'nothing', takes: ['schedule', 'timesteps'] },
  loss: { describe: "a run's loss, smoothed, on a log axis", from: 'run', takes: [] },
  trajectory: { describe: "every sample's path", from: 'model', takes: ['count', 'seed', 'columns'] },
  density: {
    describe: 'heat maps of data and samples',
    from: 'model',
    takes: [...data, 'count', 'seed', 'columns'],
  },
  pairs: {
    describe: 'a scatter matrix of all columns',
    from: 'model',
    takes: [...data, 'count', 'seed', 'columns'],
  },
  reverse: {
    describe: 'the reverse process moving, as .gif',
    from: 'model',
    takes: ['count', 'seed', 'columns'],
  },
} as const satisfies Record<string, FigureKind>

export type FigureName = keyof typeof figureKinds
export const figureNames = Object.keys(figureKinds) as FigureName[]

/** Checks what was given beside a figure's name. Errors: an option that it doesn't take; nothing to draw it from. */
export function checkFigureOptions(
  figure: FigureName,
  model: string | undefined,
  given: readonly FigureOption[],
): void {
  const { from, takes }: FigureKind = figureKinds[figure]
  const stranger = given.find((option) => !takes.includes(option))
  if (stranger)
    throw new InputError(
      `${figure} takes no --${stranger}: ${takes.length > 0 ? `it takes --${takes.join(', --')}` : 'leave it out'}`,
    )
  if (model === undefined && from === 'model')
    throw new InputError(
      `${figure} is drawn from a model: moonstep plot ${figure} model.onnx, or a run folder`,
    )
  if (model === undefined && from === 'run')
    throw new InputError(`${figure} is drawn from a run folder: moonstep plot ${figure} runs/moons`)
}
