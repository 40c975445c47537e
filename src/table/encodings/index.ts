import * as v from 'valibot'
import type { Column } from '../table.ts'
import { type CategoryColumn, category } from './category.ts'
import type { EncodingKind } from './kind.ts'
import { linear } from './linear.ts'
import { type QuantileColumn, quantile } from './quantile.ts'
import type { LinearColumn } from './scaled.ts'
import { type StepsColumn, steps } from './steps.ts'
import {
  type ConstantColumn,
  constant,
  type DerivedColumn,
  derived,
  generated,
  type KeyColumn,
  key,
  type MadeColumn,
} from './unseen.ts'

export type { Grain } from './grain.ts'
export type { ColumnOfCard } from './kind.ts'
export type {
  CategoryColumn,
  ConstantColumn,
  DerivedColumn,
  KeyColumn,
  LinearColumn,
  MadeColumn,
  QuantileColumn,
  StepsColumn,
}

/** A column with its encoding. A new encoding is a file, a type and a line here. */
export type EncodedColumn =
  | LinearColumn
  | QuantileColumn
  | StepsColumn
  | CategoryColumn
  | ConstantColumn
  | KeyColumn
  | DerivedColumn
  | MadeColumn

const kinds = { linear, quantile, steps, category, constant, key, derived, generated }

/** The encoding of a column. */
export function encodingKindOf(column: EncodedColumn): EncodingKind<Column> {
  return kinds[column.as] as unknown as EncodingKind<Column>
}

/** A column on a card of format 2. */
export const encodedColumnSchema = v.variant('as', [
  linear.schema as v.GenericSchema as never,
  quantile.schema as never,
  steps.schema as never,
  category.schema as never,
  constant.schema as never,
  key.schema as never,
  derived.schema as never,
  generated.schema as never,
]) as v.GenericSchema<unknown, EncodedColumn>
