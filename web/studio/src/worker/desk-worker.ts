import { expose } from 'comlink'
import { startThreadsInPage } from '../../../../src/browser/runtime-threads.ts'
import { Desk } from './desk.ts'

startThreadsInPage()
expose(new Desk())
