import yargs from 'yargs'
import { commonOptions } from '../../src/cli/command.ts'
import { commands, withOptions } from '../../src/cli/commands/index.ts'

/** A parser of one command, as strict as the command line's own, that runs nothing. */
async function parserOf(name: string) {
  const entry = commands.find(({ command }) => command.split(' ')[0] === name)
  if (!entry) throw new Error(`there is no command ${name}`)
  const command = await entry.load()
  return yargs()
    .scriptName('moonstep')
    .options(commonOptions)
    .command(
      entry.command,
      entry.describe,
      (own) => withOptions(own, command) as never,
      () => {},
    )
    .strict()
    .exitProcess(false)
    .wrap(null)
    .parserConfiguration({ 'duplicate-arguments-array': false, 'parse-positional-numbers': false })
    .fail((message, error) => {
      throw error ?? new Error(message)
    })
}

/** Takes a command as its words after `moonstep`. Throws: yargs's own, of a wrong one. */
export async function parse(words: readonly string[]): Promise<void> {
  await (await parserOf(words[0]!)).parseAsync([...words])
}

/** The text of a command's --help. */
export async function helpOf(name: string): Promise<string> {
  let help = ''
  await (await parserOf(name)).parseAsync([name, '--help'], {}, (_error, _argv, output) => {
    help = output
  })
  return help
}
