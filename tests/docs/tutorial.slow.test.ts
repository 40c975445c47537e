import { describePage } from './run-page.ts'

describePage('docs/tutorial.md')
describePage('docs/tutorial-table.md')
