import { styleText } from 'node:util'

type Colour = 'red' | 'yellow' | 'green' | 'dim'

/**
 * Text in a colour where `stream` is a terminal that shows it, as Node reads NO_COLOR, FORCE_COLOR and TERM. Never
 * elsewhere: a pipe or a file gets the text alone.
 */
export function coloured(stream: NodeJS.WriteStream, colour: Colour, text: string): string {
  // later versions of Node would ask stdout, whatever the stream
  return stream.isTTY && stream.hasColors() ? styleText(colour, text, { validateStream: false }) : text
}

/** A result's word on stdout: green where the answer is yes, red where it is no. */
export function verdict(text: string, pass: boolean): string {
  return coloured(process.stdout, pass ? 'green' : 'red', text)
}

/** A cell or a line with a comparison's verdict, if it begins with one, in its colour. */
export function paintVerdict(text: string): string {
  return text.replace(/(?<=^ *)(pass|FAIL)\b/, (word) => verdict(word, word === 'pass'))
}
