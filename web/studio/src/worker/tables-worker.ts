import { answerCalls } from 'moonstep/web'
import { requestFaker } from './faker.ts'
import { TablesSession } from './tables-session.ts'

requestFaker()
answerCalls(new TablesSession())
