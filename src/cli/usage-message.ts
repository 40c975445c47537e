/** yargs's words for a wrong command line, as one line of ours. */
export function usageMessage(message: string): string {
  const choice = /Argument: (\S+), Given: "?(.*?)"?, Choices: (.*)/.exec(message)
  if (choice) return `unknown ${choice[1]} ${choice[2]}: choose from ${choice[3]!.replaceAll('"', '')}`
  const unknown = /^Unknown arguments?: (.*)/.exec(message)
  if (unknown) return `unknown argument ${unknown[1]}: moonstep <command> --help lists what there is`
  const missing = /^Missing required arguments?: (.*)/.exec(message)
  if (missing)
    return `--${missing[1]!.replaceAll(', ', ', --')} is missing: moonstep <command> --help tells what it is`
  if (/^Not enough non-option arguments/.test(message))
    return 'the command needs an argument: moonstep <command> --help tells which'
  const meant = /^Did you mean (.*)\?/.exec(message)
  if (meant) return `unknown command: did you mean ${meant[1]}?`
  return message
}
