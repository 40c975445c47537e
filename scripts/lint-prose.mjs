/** Reads the texts for words that are written twice, worn phrases and long words for short ones: `npm run words`. */
import { readdirSync, readFileSync } from 'node:fs'
import writeGood from 'write-good'

/** Measured texts are written by programs. */
const made = /^docs\/(reference|tables|quality|performance|images)/
const files = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CODE_OF_CONDUCT.md',
  ...readdirSync('docs', { recursive: true })
    .map((file) => `docs/${file}`)
    .filter((file) => file.endsWith('.md') && !made.test(file)),
  ...readdirSync('examples', { recursive: true })
    .map((file) => `examples/${file}`)
    .filter((file) => file.endsWith('.md') && !file.includes('node_modules')),
]

/** Only these of write-good's rules: the others would have every sentence alike. */
const rules = { illusion: true, cliches: true, tooWordy: true }
const off = ['passive', 'so', 'thereIs', 'weasel', 'adverb', 'eprime']
/** Usual words that it takes for long ones, and terms of this project. */
const fine = [
  'it is',
  'it was',
  'all of',
  'evaluate',
  'maximum',
  'minimum',
  'however',
  'a number of',
  'type of',
  'multiple',
]

/** The text without code, in which each line stays where it is. */
function prose(text) {
  const blank = (part) => part.replace(/[^\n]/g, ' ')
  return text
    .replace(/^```[\s\S]*?^```/gm, blank)
    .replace(/^( {4}|\|).*$/gm, blank)
    .replace(/`[^`]*`/g, blank)
    .replace(/\]\([^)]*\)/g, blank)
}

let found = 0
for (const file of files) {
  const text = prose(readFileSync(file, 'utf8'))
  const checks = { ...rules, ...Object.fromEntries(off.map((rule) => [rule, false])) }
  for (const { index, reason } of writeGood(text, { ...checks, whitelist: fine })) {
    const word = /"([^"]*)"/.exec(reason)?.[1]?.replace(/\s+/g, ' ').toLowerCase()
    // two of the same beside code that was taken out
    if (
      fine.includes(word) ||
      (reason.endsWith('repeated') && /\s{3,}|\n\s*\n/.test(text.slice(Math.max(0, index - 30), index + 30)))
    )
      continue
    console.error(`${file}:${text.slice(0, index).split('\n').length}: ${reason.replace(/\s+/g, ' ')}`)
    found++
  }
}
if (found > 0) process.exit(1)
