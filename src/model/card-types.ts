/** The types that a model's card and its tables mention, for each entry of the package. */
export type { SamplerConfig } from '../diffusion/samplers/index.ts'
export type { FloatArray, Points } from '../numerics/points.ts'
export type {
  CategoryColumn,
  ColumnOfCard,
  ConstantColumn,
  DerivedColumn,
  EncodedColumn,
  Grain,
  KeyColumn,
  LinearColumn,
  MadeColumn,
  QuantileColumn,
  StepsColumn,
} from '../table/encodings/index.ts'
export type { Avoided } from '../table/generated/avoid.ts'
export type { FakerMaker } from '../table/generated/faker.ts'
export type { Fallback as TextFallback, Form as TextForm } from '../table/generated/form.ts'
export type { Maker } from '../table/generated/maker.ts'
export type { Part as TextPart } from '../table/generated/part.ts'
export type { Sentences } from '../table/generated/sentences.ts'
export type { Sex, Sexes } from '../table/generated/sex.ts'
export type { CountedWords, Following, WordSlot, Words, WordsMaker } from '../table/generated/words.ts'
export type { TableOf, TableRow } from '../table/inference/rows.ts'
export type {
  Combination,
  Copy,
  Dated,
  DateNearYear,
  DateOfParts,
  DatePart,
  Linear,
  LookUp,
  Nearest,
  Order,
  PartOfDates,
  Piece,
  Product,
  Relation,
  RelationOfCard,
  Within,
} from '../table/relations/index.ts'
export type { ColumnRange, Range, Value as RangeValue } from '../table/rules/column-range.ts'
export type {
  Implication,
  OrderRule,
  ProductRule,
  RangeRule,
  Rule,
  SeenRule,
  SumRule,
  UniqueRule,
} from '../table/rules/index.ts'
export type { Column, ColumnKind, DateForm, NumberForm, Table, TableColumn } from '../table/table.ts'
export type { ModelCard } from './card.ts'
