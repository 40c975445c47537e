import type { Form } from './form.ts'
import type { Part } from './part.ts'

/** A form in short, as in AA-9999: its commonest way to build a text, 9 for a digit, A and a for letters, x for any of them. */
export function describeForm({ alternatives, isUnique }: Form): string {
  const commonest = alternatives.reduce((best, each) => (each.share > best.share ? each : best))
  const others = alternatives.length > 1 ? ` and ${alternatives.length - 1} like it` : ''
  return `${commonest.parts.map(describePart).join('')}${others}${isUnique ? ', all different' : ''}`
}

function describePart(part: Part): string {
  if ('text' in part) return part.text
  if ('choices' in part)
    return part.choices.length === 1 ? part.choices[0]! : `{${part.choices.length} texts}`
  if ('counter' in part) return String(part.counter).padStart(part.width, '0')
  if ('from' in part) return `{${part.from}..${part.to}}`
  return letterFor(part.of).repeat(Math.max(part.min, 1))
}

function letterFor(characters: string): string {
  if (/^\d+$/.test(characters)) return '9'
  if (/^\p{Lu}+$/u.test(characters)) return 'A'
  return /^\p{Ll}+$/u.test(characters) ? 'a' : 'x'
}
