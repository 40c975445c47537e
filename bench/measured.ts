/** The command line, whose largest memory is written to file descriptor 3 at its end. */
import { writeSync } from 'node:fs'

process.on('exit', () => {
  writeSync(3, String(process.resourceUsage().maxRSS * 1024))
})
await import('../src/cli/main.ts')
