import * as v from 'valibot'
import { type FakerMaker, fakerSchema } from './faker.ts'
import { type Form, formSchema } from './form.ts'
import { type WordsMaker, wordsMakerSchema } from './words.ts'

/** How a column's texts are made. A new way is a file, a type and a line here, and one in index.ts. */
export type Maker = Form | FakerMaker | WordsMaker

export const makerSchema: v.GenericSchema<unknown, Maker> = v.variant('by', [
  formSchema,
  fakerSchema,
  wordsMakerSchema,
])
