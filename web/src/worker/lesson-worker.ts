import { expose } from 'comlink'
import { lesson } from './lesson.ts'

/** All computation except onnxruntime's runs here; the page only draws. */
expose(lesson)
