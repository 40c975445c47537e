import { expose } from 'comlink'
import { lesson } from './lesson.ts'

/** All computing but onnxruntime's is here: the page itself only draws. */
expose(lesson)
