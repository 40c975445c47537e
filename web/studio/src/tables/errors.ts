import { InputError, messageOf } from 'moonstep/web'

/** An error in a page's words: menus replace what schema.json would say. */
export function inPage(error: unknown): unknown {
  if (!(error instanceof InputError)) return error
  const message = messageOf(error)
    .replace('take the reference out of schema.json', 'choose no table for the reference')
    .replace(/(?<=may lack a reference: )in schema\.json .*/, 'choose no table for one of them')
    .replace(/: name its key's columns$/, ': choose its key first')
    .replace(/^schema\.json, table /, 'table ')
  return new InputError(message, error.code)
}
