import { draw } from './draw.ts'

postMessage(draw())
