import { render } from 'preact'
import { keepOffline } from './offline.ts'
import { fail } from './problem.ts'
import { provideTables } from './several.ts'
import { start } from './start.ts'
import { setStarted } from './state.ts'
import { Studio } from './studio.tsx'
import { tablesReady } from './workers.ts'

provideTables(tablesReady.then(() => import('./tables/index.ts')))
render(<Studio />, document.getElementById('studio')!)
start().then(setStarted, (error) => fail('file', error))
keepOffline()
