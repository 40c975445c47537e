import { report } from '../report/report.ts'
import { answerCalls } from './worker-calls.ts'

const calls = { report }

answerCalls(calls)
