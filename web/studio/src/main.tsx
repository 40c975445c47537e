import { render } from 'preact'
import { keepOffline } from './offline.ts'
import { fail, start } from './state.ts'
import { Studio } from './studio.tsx'

render(<Studio />, document.getElementById('studio')!)
start().catch(fail)
keepOffline()
