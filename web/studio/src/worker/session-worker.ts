import { answerCalls } from 'moonstep/web'
import { Session } from './session.ts'

answerCalls(new Session())
