/** What a type states about how texts are made: a form as a regular expression, or a method of faker. */
export type StatedMaker =
  | { readonly expression: string }
  | { readonly method: string; readonly locale?: string | undefined }

/** How texts are made in a type such as `/AB-\\d{4}/`, `internet.email` or `person.lastName:de`; undefined in a kind. */
export function statedMaker(type: string): StatedMaker | undefined {
  const expression = /^\/(.+)\/$/su.exec(type)?.[1]
  if (expression !== undefined) return { expression }
  const [, method, locale] = /^([a-z]\w*\.\w+)(?::(\w+))?$/.exec(type) ?? []
  return method === undefined ? undefined : { method, ...(locale !== undefined && { locale }) }
}
