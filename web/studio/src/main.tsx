import { render } from 'preact'
import { keepOffline } from './offline.ts'
import { showControls } from './printable-text.ts'
import { provideTables } from './several.ts'
import { Studio } from './studio.tsx'
import { tablesReady } from './workers.ts'

provideTables(tablesReady.then(() => import('./tables/index.ts')))
showControls()
render(<Studio />, document.getElementById('studio')!)
keepOffline()
