import { signal } from '@preact/signals'
import { type ColumnType, counted, messageOf, type Rule } from 'moonstep/web'
import { count, seed } from './asking.ts'
import { confirmed } from './confirmation.tsx'
import { fail, problem, sentenceOf, status } from './problem.ts'
import { openRun } from './runs.ts'
import { tablesCode } from './several.ts'
import { settingsFor } from './share.ts'
import { started } from './start.ts'
import {
  attempt,
  isFree,
  minCategory,
  model,
  notes,
  openName,
  page,
  phase,
  readShare,
  rules,
  type Source,
  several,
  table,
  types,
  type Undo,
  undo,
} from './state.ts'
import { go } from './steps.ts'
import { pause } from './training-run.ts'
import type { TableView } from './worker/views.ts'

/** The columns of a file that has too many: the user chooses some of them. */
export const tooWide = signal<{
  readonly name: string
  readonly columns: readonly string[]
  readonly most: number
}>()

/** The columns of the file in an order that stays when some are left out. */
export const columnOrder = signal<readonly string[]>([])

/** Reads chosen or dropped files, several as tables; a training that goes on is paused first, if the user agrees. */
export async function take(files: readonly File[]): Promise<void> {
  const [file] = files
  if (!file) return
  // chosen while the page's worker was still being fetched
  await started
  const name = files.length > 1 ? `${files.length} files` : file.name
  if (phase.value === 'training') {
    const agrees = await confirmed({
      title: `Pause the training and read ${name}?`,
      text: `The training of ${openName()} goes on. Paused, it stays in the list of your runs, and you can continue it later.`,
      yes: 'Pause and read',
      no: 'Go on training',
    })
    if (!agrees) return
    await pause()
  }
  if (!isFree()) {
    status.value = `${name} ${files.length > 1 ? 'were' : 'was'} not read: wait until ${openName() ?? 'the other file'} is.`
    return
  }
  // the address may be of a later step, as after a reload
  go('data')
  if (files.length > 1 || /\.zip$/i.test(file.name)) await (await tablesCode()).takeTables(files, wayBack())
  else await read({ file, choice: {} })
}

/** Reads the chosen columns of the file that had too many. */
export function takeColumns(columns: readonly string[]): Promise<void> {
  return read({ file: page.asked!.file, choice: { columns } })
}

async function read(source: Source, onProblem?: (error: unknown) => void): Promise<void> {
  const { file, choice } = source
  page.asked = source
  const isOther = page.taken?.file !== file
  const back = wayBack(file)
  const task = async () => {
    undo.value = undefined
    tooWide.value = undefined
    readShare.value = undefined
    status.value = `Reading ${file.name}`
    const onReading = ({ done, count }: { done: number; count: number }) => {
      if (phase.value !== 'reading') return
      const share = Math.floor((100 * done) / count)
      readShare.value = share < 100 ? done / count : undefined
      status.value = share < 100 ? `Reading ${file.name}: ${share} %` : `Finding the kinds of its columns`
    }
    const shown = await page.session.read(file, choice, onReading)
    if ('most' in shown) {
      tooWide.value = shown
      throw new Error(
        `${shown.name} has ${counted(shown.columns.length, 'column')}, and the studio takes up to ${shown.most}: choose some of them below`,
      )
    }
    page.open?.release()
    page.open = undefined
    await several.value?.close()
    several.value = undefined
    page.training.reset()
    model.value = undefined
    notes.value = undefined
    if (isOther) {
      rules.value = []
      minCategory.value = 1
    }
    page.taken = source
    types.value = choice.types ?? {}
    keepOrder(shown, isOther)
    table.value = shown
    phase.value = 'read'
    status.value = `${shown.name} has ${counted(shown.rows, 'row')} of ${counted(shown.columns.length, 'column')}. Train a model on it.`
    undo.value = back
    await keepRules()
    if (isOther) await applyLink(shown)
  }
  await attempt('reading', isOther ? 'file' : 'columns', task, onProblem)
}

function keepOrder({ columns, leftOut }: TableView, isOther: boolean): void {
  const former = isOther ? [] : columnOrder.value
  const names = [...columns.map(({ column }) => column.name), ...leftOut.map(({ name }) => name)]
  columnOrder.value = [...former, ...names.filter((name) => !former.includes(name))]
}

/** The way back to the run or the table that a file, or other kinds of its columns, replace. */
function wayBack(file?: File): Undo | undefined {
  const { open, taken } = page
  const name = openName()
  if (open) return { label: `Back to the model of ${name}`, act: () => openRun(open.run.id) }
  if (several.value) return several.value.wayBack()
  if (!taken) return undefined
  const [stated, least] = [rules.value, minCategory.value]
  return {
    label: taken.file === file ? 'Undo' : `Back to ${name}`,
    async act() {
      await read(taken)
      rules.value = stated
      minCategory.value = least
      undo.value = undefined
    },
  }
}

/** Gives a file the settings of the link that opened the page, if it has the columns that they are about. */
async function applyLink({ name, columns, leftOut }: TableView): Promise<void> {
  const settings = settingsFor([
    ...columns.map(({ column }) => column.name),
    ...leftOut.map((each) => each.name),
  ])
  if (!settings) return
  const { file } = page.taken!
  let shown: Awaited<ReturnType<typeof page.session.read>>
  try {
    shown = await page.session.read(file, { types: settings.types }, () => {})
  } catch (error) {
    // the table stays as it was read without them
    fail('columns', new Error(`The settings of the link do not fit ${name}: ${messageOf(error)}`))
    return
  }
  if ('most' in shown) return
  page.taken = { file, choice: { types: settings.types } }
  types.value = settings.types
  table.value = shown
  minCategory.value = settings.minCategory
  count.value = settings.count
  seed.value = settings.seed
  rules.value = settings.rules
  status.value = `${name} is read with the settings of the link.`
  await keepRules()
}

/** Takes those rules back that the columns, read in another way, no longer allow. */
async function keepRules(): Promise<void> {
  for (const rule of rules.value) {
    try {
      await page.session.stateRule(rule)
    } catch {
      removeRule(rule)
      status.value = `${status.value} The rule ${rule} was taken back: the columns no longer allow it.`
    }
  }
}

/** States a rule, which the rows must meet. Throws InputError on one that can't be, or that rows break. */
export async function addRule(rule: Rule | string): Promise<void> {
  const text = await page.session.stateRule(rule)
  if (!rules.value.includes(text)) rules.value = [...rules.value, text]
}

export function removeRule(rule: string): void {
  rules.value = rules.value.filter((each) => each !== rule)
}

/** Changes a column's kind, or leaves it out, and reads the file again. */
export function setKind(column: string, kind: ColumnType | 'drop'): Promise<void> {
  return read(withKind(page.taken!, column, kind))
}

/** The same for a form of texts; what is wrong with it is returned, not shown with the columns. */
export async function setForm(column: string, expression: string): Promise<string> {
  let wrong = ''
  await read(withKind(page.taken!, column, `/${expression}/`), (error) => {
    wrong = sentenceOf(error)
  })
  return wrong
}

/** Reads a column in the way that its cells suggest. */
export function setFound(column: string): Promise<void> {
  const { [column]: _, ...rest } = types.value
  const { file, choice } = page.taken!
  return read({ file, choice: { ...choice, types: rest } })
}

/** Has all names and words generated in a language. */
export function setLanguage(locale: string): Promise<void> {
  const inLocale = table.value!.columns.flatMap(({ column: { name, maker } }) =>
    maker?.by === 'faker' && !maker.sentences ? [[name, `${maker.method}:${locale}` as ColumnType]] : [],
  )
  const { file, choice } = page.taken!
  return read({ file, choice: { ...choice, types: { ...types.value, ...Object.fromEntries(inLocale) } } })
}

/** The same for the refused file. */
export function mend(column: string, kind: ColumnType | 'drop'): Promise<void> {
  problem.value = undefined
  return read(withKind(page.asked!, column, kind))
}

function withKind({ file, choice }: Source, column: string, kind: ColumnType | 'drop'): Source {
  return { file, choice: { ...choice, types: { ...choice.types, [column]: kind } } }
}
