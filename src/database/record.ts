import * as v from 'valibot'

/**
 * A record by any names. `v.record` leaves out `constructor`, `prototype` and `__proto__`, which are names of tables and columns as good
 * as others where no code looks them up in a prototype.
 */
export function recordOf<S extends v.GenericSchema>(value: S) {
  return v.pipe(
    v.custom<Readonly<Record<string, unknown>>>(
      (input) => typeof input === 'object' && input !== null && !Array.isArray(input),
      'give an object',
    ),
    v.rawTransform(({ dataset, addIssue, NEVER }): Record<string, v.InferOutput<S>> => {
      const entries: [string, v.InferOutput<S>][] = []
      for (const [key, each] of Object.entries(dataset.value)) {
        const { success, output, issues } = v.safeParse(value, each)
        if (success) entries.push([key, output])
        else {
          const [{ message, path = [] }] = issues
          const at = {
            type: 'object' as const,
            origin: 'value' as const,
            input: dataset.value,
            key,
            value: each,
          }
          addIssue({ message, path: [at, ...path] })
          return NEVER
        }
      }
      return Object.fromEntries(entries)
    }),
  )
}
