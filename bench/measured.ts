/** The command line; on exit it writes its maximum memory to file descriptor 3. */
import { writeSync } from 'node:fs'

process.on('exit', () => {
  writeSync(3, String(process.resourceUsage().maxRSS * 1024))
})
await import('../src/cli/main.ts')
