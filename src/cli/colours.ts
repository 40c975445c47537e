import { styleText } from 'node:util'
import { call, type Output } from './call.ts'

export type Colour = 'red' | 'yellow' | 'green' | 'dim'

/**
 * Coloured text if `stream` is a terminal with colours, following NO_COLOR, FORCE_COLOR and TERM as Node does. Pipes
 * and files get plain text.
 */
export function coloured(stream: Output, colour: Colour, text: string): string {
  // later versions of Node would check stdout for any stream
  return stream.isTTY && stream.hasColors?.() ? styleText(colour, text, { validateStream: false }) : text
}

/** Colours the word for yes green and the word for no red where they begin a line or a cell of a table on stdout. */
export function paintVerdicts(text: string, [yes, no]: readonly [yes: string, no: string]): string {
  return text.replace(new RegExp(`(?<=^| {2})(${yes}|${no})\\b`, 'gm'), (word) =>
    coloured(call.stdout, word === yes ? 'green' : 'red', word),
  )
}
