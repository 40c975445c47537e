import { describePage } from './run-page.ts'

describePage('docs/tutorial.md', [1000])
describePage('docs/tutorial-table.md', [500])
