import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { InputError } from '../../core/errors.ts'
import { lossWeightings, predictionTypes } from '../../diffusion/prediction.ts'
import { headOf } from '../../model/heads/index.ts'
import { timeEmbeddingKinds } from '../../model/network.ts'
import { engineNames, lrDecays } from '../../model/run-names.ts'
import { readRunConfig, runFiles } from '../../node/run-folder.ts'
import { datasetNames } from '../../table/datasets/index.ts'
import { tableEndings } from '../../table/formats/read-bytes.ts'
import { columnKinds } from '../../table/table.ts'
import type { TrainRequest } from '../../train/options.ts'
import { describeRareNames } from '../../train/rare-names.ts'
import { type Recipe, recipeNames, recipeOf, recordedRecipe } from '../../train/recipes.ts'
import { trainingSeed } from '../../train/run.ts'
import { rulesOf, typesOf } from '../column-options.ts'
import { type ArgumentsOf, defineCommand, namedInApi, nameList, numberList, option } from '../command.ts'
import { isDatabaseSource, trainTables } from '../databases.ts'
import { sayVerdicts } from '../measured-samples.ts'
import { afterTraining } from '../next-commands.ts'
import { fileOptions, maxSizeOf, scheduleOf, scheduleOptions } from '../options.ts'
import { printJson, suggest, warn } from '../output.ts'
import {
  beginsAnyway,
  refuseOthers,
  suggestingResume,
  trainWithProgress,
  withoutWeights,
} from '../training.ts'

/** What a first run is trained on, so that it needs no file. */
const exampleDataset = 'two-moons'
const exampleNote = `no --dataset: this trains on ${exampleDataset}, a built-in example; --dataset FILE trains on your table`

/** An option's default: the default recipe's, and other recipes' defaults if different. */
function byRecipe(of: (recipe: Recipe) => string | number | null, names = recipeNames): string {
  const [first = '', ...others] = names.map((name) => String(of(recipeOf(name)) ?? 'none'))
  const differing = others.flatMap((value, i) =>
    value === first ? [] : [`; recipe ${names[i + 1]}: ${value}`],
  )
  return `[default: ${first}${differing.join('')}]`
}

/** A head that gives samples predicts and weighs in one way, which no option changes. */
const ofPoints = recipeNames.filter((name) => !headOf(recipeOf(name).traits).toSample)

const runOptions = {
  out: option.text('run folder to write', { demandOption: true }),
  dataset: option.text(
    `a table (${tableEndings.join(' ')}, or - for CSV from stdin), several (a folder of them, a .sqlite or .duckdb file, or postgres://…), or ${datasetNames.join(', ')} [default: ${exampleDataset}]`,
  ),
  columns: option.text("the table's columns to keep, such as a,b,c [default: all]"),
  drop: option.text("the table's columns to leave out [default: none]"),
  types: option.text(
    `kinds of columns instead of the inferred ones, such as zip=category,id=key: ${[...columnKinds, 'drop'].join(', ')}; date:dmy or date:mdy says what comes first in 03/04/2024, number:1,234.5 or number:1.234,5 what separates decimals; 'code=/[A-Z]{8}/' states the format of texts that are made, email=internet.email a method of faker [default: inferred]`,
  ),
  header: option.flag(
    'whether the first line of a text names the columns: --header or --no-header [default: by comparing it with those below]',
  ),
  ...fileOptions,
  schema: option.text(
    'keys and references of several tables, a schema.json as moonstep schema writes it [default: as the database has them, or its rows show]',
  ),
  holdout: option.number(
    "share of rows to hold out, which nothing is learned from and which judge the samples, in holdout.csv; 0 holds none out [default: a table's tenth, but at least 60 and at most 5000 rows, and no more than a fifth]",
    { takes: 'a share from 0 to 0.9' },
  ),
  validation: option.number(
    'share of other rows to hold out, which confirm what was found in the training rows, in validation.csv [default: as --holdout for tables of 3000 rows or more, else 0]',
    { takes: 'a share from 0 to 0.9' },
  ),
  knots: option.positiveInteger(
    "quantiles of each number that a table's model keeps; fewer reveal less of the data [default: 1000]",
  ),
  'min-category': option.positiveInteger('merge categories with fewer rows into one, other [default: 1]'),
  'allow-rare-names': option.flag(
    'learn categories of which most values occur in one training row only: samples then hold values of single rows',
  ),
  independent: option.text('columns to learn by themselves, although others determine them [default: none]'),
  rule: option.text(
    `what every row must meet: 'start <= end', 'total = quantity * price', 'unique(email)', 'seen(city, country)', 'if age < 18 then married = no', 'amount in 0..100'; a column's name may be in double quotes, as in '"ship date" >= 2020-01-01'; repeat for more [default: none]`,
    { array: true },
  ),
  rules: option.text('a .json file with a list of such rules [default: none]'),
  candidates: option.positiveInteger(
    'draw so many rows for each sample of a table, and take the most real one as trees see it, by odds; 1 draws fastest [default: 4]',
  ),
  rows: option.positiveInteger('rows of a built-in dataset [default: 1000]'),
  'noise-level': option.number("noise of a built-in dataset [default: the dataset's own]"),
  recipe: option.text(
    `sets the defaults of other options: ${recipeNames.join(', ')} [default: points for up to 8 numeric columns whose values differ, else table]`,
  ),
  timesteps: option.positiveInteger(`T, the timesteps of the forward process ${byRecipe(({ T }) => T)}`, {
    api: 'T',
  }),
  hidden: option.text(
    `widths of the hidden layers ${byRecipe(({ hidden }) => hidden.join())}, 160 for 3000 rows or more, wider for many columns`,
  ),
  'time-embedding': option.oneOf(
    timeEmbeddingKinds,
    `how a network of points encodes t ${byRecipe((recipe) => recipe.timeEmbedding, ofPoints)}`,
  ),
  'prediction-type': option.oneOf(
    predictionTypes,
    `what a network of points predicts ${byRecipe((recipe) => recipe.predictionType, ofPoints)}`,
  ),
  'loss-weighting': option.oneOf(
    lossWeightings,
    `how the loss of points is weighted by timestep ${byRecipe((recipe) => recipe.lossWeighting, ofPoints)}`,
  ),
  steps: option.positiveInteger(`training steps ${byRecipe((recipe) => recipe.steps)}`),
  minutes: option.number(
    'how long all of it may take: fewer steps if not all fit, by the clock of this machine [default: as long as the steps take]',
  ),
  'batch-size': option.positiveInteger(
    `rows for each training step ${byRecipe(({ batchSize }) => batchSize ?? 'all')}`,
  ),
  'learning-rate': option.number(`AdamW's learning rate ${byRecipe((recipe) => recipe.learningRate)}`),
  'lr-decay': option.oneOf(
    lrDecays,
    `how the learning rate falls to 0 ${byRecipe((recipe) => recipe.lrDecay)}`,
  ),
  'weight-decay': option.number(`AdamW's decoupled weight decay ${byRecipe((recipe) => recipe.weightDecay)}`),
  ema: option.number(`decay of the weights' moving average, such as 0.999 ${byRecipe(({ ema }) => ema)}`),
  seed: option.wholeNumber('seed of every random number [default: 0]'),
  engine: option.oneOf(
    ['auto', ...engineNames] as const,
    'what computes the steps; auto picks the fastest that works here [default: auto]',
  ),
  threads: option.positiveInteger('threads of the engine [default: chosen by the engine]'),
  force: option.flag('overwrite the run in the folder'),
  resume: option.flag(
    "continue from the folder's checkpoint; more --steps extend the run; with --dataset, begin if there is no run",
  ),
} as const

export const trainOptions = { ...runOptions, ...scheduleOptions }

type TrainArguments = ArgumentsOf<typeof trainOptions>

/** A request whose dataset is only needed by a new run. */
type OptionsOfCommand = Omit<TrainRequest, 'dataset'> & { readonly dataset: string | undefined }

export const command = defineCommand({
  options: trainOptions,
  examples: [
    ['$0 train --out runs/moons', 'two moons'],
    ['$0 train --recipe post --out runs/post', "with the post's recipe"],
    ['$0 train --out runs/cosine --schedule squaredcos_cap_v2 --steps 2500'],
    ['$0 train --dataset people.csv --out runs/people', 'your own table'],
    ['$0 train --dataset people.csv --types zip=category,id=key --holdout 0.2 --out runs/people'],
    ['$0 train --dataset shop.sqlite --out runs/shop', 'several tables'],
    ['$0 train --out runs/moons --resume', 'continue after an interruption'],
  ],
  async handler(argv) {
    const { out, threads, resume, steps, dataset: source } = argv
    if (source !== undefined && existsSync(runFiles(source).config))
      throw new InputError(
        `${source} is a run folder: give the file of its rows, or --out ${source} --resume to continue it`,
        'bad-data',
        { option: 'dataset', value: source },
      )
    if (source !== undefined && isDatabaseSource(source))
      return suggestingResume(out, () => trainTables(argv, trainRequest(argv)))
    if (argv.schema !== undefined)
      throw new InputError('--schema is for several tables, and this is one: leave it out', 'conflict', {
        option: 'schema',
      })
    const request = trainRequest(argv)
    const goesOn = resume && !beginsAnyway(out, argv.dataset)
    if (goesOn && argv.minutes !== undefined)
      throw new InputError(
        `--minutes is for a new training, and --resume continues ${out}: leave it out`,
        'conflict',
        { option: 'minutes' },
      )
    if (goesOn) await checkResumeOptions(out, request)
    const dataset = source ?? exampleDataset
    const result = await suggestingResume(
      out,
      () =>
        goesOn
          ? trainWithProgress({ resume, out, threads, steps })
          : trainWithProgress({ ...request, dataset }, source === undefined ? exampleNote : undefined),
      ['train', '--out', out, '--resume'],
    )
    sayVerdicts(result)
    const { rareNames } = result.config
    if (rareNames)
      warn(
        `${describeRareNames(rareNames)}: samples and the model file hold these values, which single people out`,
      )
    if (argv.json) printJson(withoutWeights(result))
    suggest(...afterTraining(out))
  },
})

function trainRequest(argv: TrainArguments): OptionsOfCommand {
  const { resume: _, rule, rules, schema: __, ...options } = namedInApi(runOptions, argv)
  return {
    ...options,
    maxSize: maxSizeOf(argv),
    // another name is refused with the near one
    recipe: argv.recipe as TrainRequest['recipe'],
    columns: nameList(argv.columns),
    drop: nameList(argv.drop),
    independent: nameList(argv.independent),
    rules: rulesOf(rule, rules),
    types: typesOf(argv.types),
    schedule: scheduleOf(argv, recipeOf(argv.recipe ?? 'points').schedule),
    hidden: numberList('--hidden', argv.hidden),
  }
}

/** Throws if an option beside --resume differs from the run's config.json. */
async function checkResumeOptions(run: string, request: OptionsOfCommand): Promise<void> {
  const config = await readRunConfig(run)
  const { dataset, training, T, schedule, hidden, timeEmbedding, predictionType, engine } = config
  const isSameFile = dataset && 'file' in dataset && basename(String(request.dataset)) === dataset.file
  const recorded: Partial<Record<keyof TrainRequest, unknown>> = {
    ...(dataset && 'name' in dataset
      ? { dataset: dataset.name, rows: dataset.rows, noiseLevel: dataset.noiseLevel }
      : { dataset: isSameFile ? request.dataset : dataset?.file }),
    ...training,
    // more steps extend the run
    steps: request.steps,
    recipe: recordedRecipe(training.recipe),
    T,
    schedule,
    hidden,
    timeEmbedding: timeEmbedding.kind,
    predictionType,
    seed: trainingSeed(config),
    holdout: config.holdout ?? 0,
    validation: config.validation ?? 0,
    engine,
  }
  refuseOthers(run, recorded, request)
}
