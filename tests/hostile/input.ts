/** Inputs of strangers: what each is, and what must be said of it. A file in a folder of its kind is one input. */

/** `read`, or what the one line must say with which it is refused. */
export type Outcome = 'read' | RegExp

interface Input {
  readonly is: Outcome
  /** Takes seconds to make or read: only `npm run test:all` runs it. */
  readonly isLarge?: boolean
}

/** A file of a table, for `train`, `readTable` in Node, and `readTable` in a page. */
export interface TableInput extends Input {
  readonly kind: 'table'
  /** Its name, whose ending gives the format. */
  readonly file: string
  readonly content: () => string | Uint8Array
  /** Where a page says something else. */
  readonly inPage?: Outcome
}

/** Conditions, for `--given` and the `given` of requests. */
export interface ConditionInput extends Input {
  readonly kind: 'condition'
  readonly text: () => string
}

/** A rule about the columns a and b, for `train --rule` and `parseRules`. */
export interface RuleInput extends Input {
  readonly kind: 'rule'
  readonly text: () => string
}

/** A schema.json of a folder with the tables a and b. */
export interface SchemaInput extends Input {
  readonly kind: 'schema'
  readonly content: () => string
}

/** A database's file, for `schema` and `readDatabase`, or, with `isLike`, for the tables of a new file. */
export interface SourceInput extends Input {
  readonly kind: 'source'
  readonly isLike?: boolean
  /** Its name, whose ending gives the store. */
  readonly file: string
  readonly make: (path: string) => Promise<void>
}

/** An address of a database, for `schema`; what is said has none of these secrets. */
export interface AddressInput extends Input {
  readonly kind: 'address'
  readonly address: string
  readonly secrets: readonly string[]
}

/** A .moonstep file, for `sample`, `loadModel` and a page's `loadDatabase`. */
export interface DatabaseInput extends Input {
  readonly kind: 'database'
  readonly content: () => Uint8Array
}

/** A zip of tables, for `sourcesOf` in a page. */
export interface ZipInput extends Input {
  readonly kind: 'zip'
  readonly content: () => Uint8Array
}

/** A model.onnx, for `info`, and `loadModel` in Node and in a page. */
export interface ModelInput extends Input {
  readonly kind: 'model'
  readonly content: () => Uint8Array
}

/** A request to `serve models/`. */
export interface RequestInput extends Input {
  readonly kind: 'request'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body: () => string | Uint8Array<ArrayBuffer>
  readonly status: number
}

export type HostileInput =
  | TableInput
  | ConditionInput
  | RuleInput
  | SchemaInput
  | SourceInput
  | AddressInput
  | DatabaseInput
  | ZipInput
  | ModelInput
  | RequestInput

/** Checks an input's type. */
export function hostile<I extends HostileInput>(input: I): I {
  return input
}
