/** The fields of a message: null for a value, a table for a message within or a list of them. */
interface Fields {
  readonly [field: string]: Fields | null
}

const valueInfo: Fields = {
  name: null,
  type: { tensorType: { elemType: null, shape: { dim: { dimValue: null, dimParam: null } } } },
}

/** What moonstep writes of an ONNX model, by field of its messages. */
const written: Fields = {
  irVersion: null,
  opsetImport: { domain: null, version: null },
  producerName: null,
  producerVersion: null,
  docString: null,
  metadataProps: { key: null, value: null },
  graph: {
    name: null,
    docString: null,
    node: {
      name: null,
      opType: null,
      input: null,
      output: null,
      attribute: { name: null, type: null, i: null, f: null },
    },
    initializer: { name: null, dims: null, dataType: null, rawData: null },
    input: valueInfo,
    output: valueInfo,
    valueInfo,
  },
}

/**
 * Holds a model to the fields that an export writes, so that what a runtime would read beyond them (external
 * data, functions, graphs in attributes) never reaches one. Errors: the first field beside them.
 */
export function checkFields(message: object, fields: Fields = written, where = 'the model'): void {
  for (const [field, value] of Object.entries(message) as [string, unknown][]) {
    // a decoded message holds an empty list for each repeated field that the file lacks
    if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) continue
    const inner = Object.hasOwn(fields, field) ? fields[field] : undefined
    if (inner === undefined) throw new Error(`${where} holds ${field}, which moonstep does not write`)
    if (inner === null) continue
    for (const item of (Array.isArray(value) ? value : [value]) as object[])
      checkFields(item, inner, nameOf(field, item))
  }
}

function nameOf(field: string, message: object): string {
  return 'name' in message && message.name ? `${field} ${message.name}` : field
}
