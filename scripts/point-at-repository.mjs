// Run this before a release: npm shows README outside the repository, so its relative links and pictures become
// addresses of the repository at a tag; package.json names the repository, which provenance requires.
//
// node scripts/point-at-repository.mjs https://example.org/owner/moonstep v1.2.3
import { readFileSync, writeFileSync } from 'node:fs'

const [repository, tag] = process.argv.slice(2)
if (!repository || !tag) {
  console.error('usage: point-at-repository.mjs REPOSITORY TAG')
  process.exit(2)
}

const readme = readFileSync('README.md', 'utf8')
const addressed = readme.replace(
  /(!?)(\[[^\]]*\]\()(?![a-z]+:|#)([^)\s]+)/g,
  (_, picture, text, path) => `${picture}${text}${repository}/${picture ? 'raw' : 'blob'}/${tag}/${path}`,
)
writeFileSync('README.md', addressed)

const manifest = JSON.parse(readFileSync('package.json', 'utf8'))
manifest.repository = { type: 'git', url: `git+${repository}.git` }
writeFileSync('package.json', `${JSON.stringify(manifest, null, 2)}\n`)
