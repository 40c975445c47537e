import './tables.css'
import { RowsStep } from './rows-step.tsx'
import { setViews } from './state.ts'
import { TablesStep } from './tables-step.tsx'
import { TakeStep } from './take-step.tsx'
import { TrainStep } from './train-step.tsx'

export { openTables } from './opening.ts'
export { takeTables } from './reading.ts'

setViews({ data: TablesStep, train: TrainStep, rows: RowsStep, take: TakeStep })
