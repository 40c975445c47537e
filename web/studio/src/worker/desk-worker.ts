import { expose } from 'comlink'
import { startThreadsInPage } from '../../../../src/page/runtime-threads.ts'
import { Desk } from './desk.ts'

startThreadsInPage()
expose(new Desk())
