import * as v from 'valibot'

export type Sex = 'female' | 'male'

/** What the categories of a column say of the sex. */
export type Sexes = Readonly<Record<string, Sex>>

export const sexesSchema = v.record(v.string(), v.picklist(['female', 'male']))
