import { describePage } from './run-page.ts'

describePage('docs/tutorial.md')
