import type { RunNotes } from './run-notes.ts'
import type { OpenRun, Undo } from './state.ts'

/** What the page asks of the code of several tables. */
export interface TablesCode {
  /** Reads several files as tables whose keys meet; `back` leads to what they replace. */
  takeTables(files: readonly File[], back: Undo | undefined): Promise<void>
  /** Opens a stored run of several tables, which this tab holds. Throws InputError if files of it are lost. */
  openTables(open: OpenRun, notes: RunNotes): Promise<void>
}

let code: Promise<TablesCode>

/** Sets where that code comes from: it is loaded after all else, so that it is there without a network. */
export function provideTables(loaded: Promise<TablesCode>): void {
  code = loaded
  // errors reach whoever asks
  loaded.catch(() => {})
}

export const tablesCode = (): Promise<TablesCode> => code
