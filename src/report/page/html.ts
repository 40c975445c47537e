import { printable } from '../../core/format.ts'

/** Markup of the page; anything else in a template is text and is escaped. */
class Markup {
  readonly source: string
  constructor(source: string) {
    this.source = source
  }
}

export type { Markup }

/** Content of a template; null and false render nothing. */
export type Content = Markup | string | number | null | false | readonly Content[]

/**
 * Markup from a template, in which everything that is not Markup is text: names of columns and categories come from any
 * file, and may look like markup or contain invisible or bidirectional control characters.
 */
export function html(parts: TemplateStringsArray, ...contents: Content[]): Markup {
  return new Markup(String.raw({ raw: parts }, ...contents.map(sourceOf)))
}

/** A figure's SVG or styles, written by our own code. */
export function trusted(source: string): Markup {
  return new Markup(source)
}

export function sourceOf(content: Content): string {
  if (content instanceof Markup) return content.source
  if (content === null || content === false) return ''
  return typeof content === 'object' ? content.map(sourceOf).join('') : escaped(String(content))
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  // a number stays on the line of its per cent
  const line = printable(text).replace(/(\d) %/g, '$1\u00a0%')
  return line.replace(/[&<>"']/g, (character) => entities[character]!)
}

/** JSON for a script element: nothing in it can end the element, and invisible characters are escaped. */
export function jsonSource(value: unknown): Markup {
  const code = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  const units = (characters: string) => characters.split('').map(code).join('')
  return new Markup(JSON.stringify(value).replace(/[<\p{C}\u2028\u2029]/gu, units))
}
