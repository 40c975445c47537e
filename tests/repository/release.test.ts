import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Lexer, type Token, type Tokens, walkTokens } from 'marked'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

it('every link and picture of README leads into the repository, also from npm', () => {
  const folder = mkdtempSync(join(tmpdir(), 'moonstep-release-'))
  for (const file of ['README.md', 'package.json']) cpSync(join(root, file), join(folder, file))
  const script = join(root, 'scripts/point-at-repository.mjs')
  const repository = 'https://example.org/owner/moonstep'
  const { status } = spawnSync(process.execPath, [script, repository, 'v1.2.3'], { cwd: folder })
  expect(status).toBe(0)

  const into = { link: [] as string[], image: [] as string[] }
  walkTokens(new Lexer().lex(readFileSync(join(folder, 'README.md'), 'utf8')), (token: Token) => {
    if (token.type === 'link' || token.type === 'image') into[token.type].push((token as Tokens.Link).href)
  })
  const pathsBelow = (links: readonly string[], base: string) =>
    links.filter((link) => link.startsWith(base)).map((link) => link.slice(base.length).split('#')[0]!)
  const pages = pathsBelow(into.link, `${repository}/blob/v1.2.3/`)
  const pictures = pathsBelow(into.image, `${repository}/raw/v1.2.3/`)
  expect(pages.length).toBeGreaterThan(20)
  expect(pictures).toHaveLength(into.image.length)
  expect([...pages, ...pictures].filter((path) => !existsSync(join(root, path)))).toEqual([])
  expect(into.link.filter((link) => !/^https:/.test(link))).toEqual([])

  const { repository: named } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  expect(named).toEqual({ type: 'git', url: `git+${repository}.git` })
  rmSync(folder, { recursive: true })
})
