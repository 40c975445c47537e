import { nearest } from '../core/nearest.ts'

/** yargs's words for a wrong command line, as one line of ours. `options` are the names that there are. */
export function usageMessage(message: string, options: readonly string[]): string {
  const choice = /Argument: (\S+), Given: "?(.*?)"?, Choices: (.*)/.exec(message)
  if (choice) {
    const [, name, given, choices] = choice as unknown as [string, string, string, string]
    const names = choices.replaceAll('"', '').split(', ')
    return `unknown ${name} ${given}${nearest(given, names)}: choose from ${names.join(', ')}`
  }
  const unknown = /^Unknown arguments?: ([^,]*)/.exec(message)?.[1]
  if (unknown !== undefined)
    return `unknown argument ${unknown}${nearest(unknown, options)}: moonstep <command> --help lists what there is`
  const missing = /^Missing required arguments?: (.*)/.exec(message)
  if (missing)
    return `--${missing[1]!.replaceAll(', ', ', --')} is missing: moonstep <command> --help tells what it is`
  if (/^Not enough non-option arguments/.test(message))
    return 'the command needs an argument: moonstep <command> --help tells which'
  const lacking = /^Not enough arguments following: (.*)/.exec(message)
  if (lacking) return `--${lacking[1]} needs a value: moonstep <command> --help tells which`
  const meant = /^Did you mean (.*)\?/.exec(message)
  if (meant) return `unknown command: did you mean ${meant[1]}?`
  return message
}
