import type { Options } from 'yargs'

/** The options with a value required of each that isn't a switch: `--out` alone is a mistake, not an empty name. */
export function withValues<O extends Record<string, Options>>(options: O): O {
  const required = Object.entries(options).map(([name, option]) => [
    name,
    'type' in option && option.type === 'boolean' ? option : { ...option, requiresArg: true },
  ])
  return Object.fromEntries(required) as O
}
