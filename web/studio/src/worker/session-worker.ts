import { answerCalls } from 'moonstep/web'
import { requestFaker } from './faker.ts'
import { Session } from './session.ts'

requestFaker()
answerCalls(new Session())
