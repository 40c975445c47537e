/**
 * Registers `<moon-sampler>`. In Node, as in server-side rendering, it does nothing.
 * @module moonstep/element
 */
import { MoonSampler } from './moon-sampler.ts'

export type { SamplerConfig } from '../diffusion/samplers/index.ts'
export type { SampleResult, SampleStep } from '../infer/model.ts'
export type { SessionInfo, WebProvider } from '../infer/session.ts'
export type { ModelCard } from '../model/card.ts'
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
export type { TableOf, TableRow } from '../table/inference/rows.ts'
export type {
  Copy,
  Dated,
  DateNearYear,
  DateOfParts,
  DatePart,
  Linear,
  LookUp,
  Order,
  PartOfDates,
  Product,
  Relation,
  RelationOfCard,
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
export type { LoadedModel } from './client.ts'
export {
  MoonSampler,
  type MoonSamplerAttributes,
  type MoonSamplerEvents,
  type MoonSamplerListeners,
} from './moon-sampler.ts'

declare global {
  interface HTMLElementTagNameMap {
    'moon-sampler': MoonSampler
  }
}

// two scripts of a page may load it; Node has no elements
if (globalThis.customElements && !customElements.get('moon-sampler'))
  customElements.define('moon-sampler', MoonSampler)
