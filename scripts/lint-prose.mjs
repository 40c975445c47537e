/** Checks the texts for doubled words, worn phrases and needlessly long words: `npm run words`. */
import { readdirSync, readFileSync } from 'node:fs'
import writeGood from 'write-good'

/** Measured texts are generated. */
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

/** Only these of write-good's rules: the others would make every sentence alike. */
const rules = { illusion: true, cliches: true, tooWordy: true }
const off = ['passive', 'so', 'thereIs', 'weasel', 'adverb', 'eprime']
/** Common words that it considers long, and terms of this project. */
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

/** The text without code; every line keeps its number. */
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
    // two equal words next to removed code
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
