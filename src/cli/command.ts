import type { ArgumentsCamelCase, Argv, Options } from 'yargs'

/** A command's options and work; its line in --help stands in commands.ts. */
export interface Command<A> {
  readonly options: Readonly<Record<string, Options>>
  /** Adds positional arguments and examples to the parser. */
  builder(yargs: Argv): Argv<unknown>
  handler(argv: ArgumentsCamelCase<A>): Promise<void> | void
}
