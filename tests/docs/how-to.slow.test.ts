import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './place.ts'
import { describePage } from './run-page.ts'

// the rows of fewer steps break the rules too often
for (const page of readdirSync(join(root, 'docs/how-to')).sort())
  describePage(`docs/how-to/${page}`, page === 'rules.md' ? [300] : [])
