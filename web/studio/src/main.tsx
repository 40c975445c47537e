import { render } from 'preact'
import { keepOffline } from './offline.ts'
import { fail } from './problem.ts'
import { start } from './start.ts'
import { Studio } from './studio.tsx'

render(<Studio />, document.getElementById('studio')!)
start().catch((error) => fail('file', error))
keepOffline()
