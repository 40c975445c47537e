/** Parses what files and callers say by a schema. */
import * as v from 'valibot'
import { type ErrorCode, InputError } from '../core/errors.ts'

/** Returns `value` as the schema's type. Throws one line that names the file, the field and what is wrong. */
export function parseAs<S extends v.GenericSchema>(
  schema: S,
  value: unknown,
  file: string,
  code: ErrorCode = 'bad-model',
): v.InferOutput<S> {
  const result = v.safeParse(schema, value)
  if (result.success) return result.output
  const [issue] = result.issues
  const path = v.getDotPath(issue)
  throw new InputError(`${file}: ${path ? `${path}: ` : ''}${issue.message.replaceAll('"', "'")}`, code)
}

/** Parses JSON as the schema's type. Throws if it is not JSON, or as parseAs does. */
export function parseJsonAs<S extends v.GenericSchema>(
  schema: S,
  json: string,
  file: string,
): v.InferOutput<S> {
  return parseAs(schema, parseJson(json, file), file)
}

/** Parses the JSON of `subject` in a file. Throws InputError if it is not JSON. */
export function parseJson(json: string, file: string, subject = 'it'): unknown {
  try {
    return JSON.parse(json)
  } catch {
    throw new InputError(`${file}: ${subject} is no JSON`, 'bad-model')
  }
}
