import { Verdicts } from '../sections/verdicts.tsx'
import { model } from './state.ts'

/** The verdicts on all tables. */
export function TablesVerdicts() {
  return <Verdicts of={model.value!.verdicts} />
}
