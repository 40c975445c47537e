/** Which files the site shows, and where. Paths are relative to the project's folder. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Lexer, type Tokens, walkTokens } from 'marked'

export const root = fileURLToPath(new URL('../..', import.meta.url))

export const read = (path: string): string => readFileSync(join(root, path), 'utf8')

/** Globs of Markdown files that are not pages. */
export const excluded = ['!(docs|examples)/**/*.md', 'examples/*/**']

/** Whether a file is a page of its own. */
const isPage = (path: string): boolean =>
  /^(docs\/.+|examples\/README|[^/]+)\.md$/.test(path) && !path.includes('[')

/** The names in a folder, without those that an install or a build adds. */
const filesIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => posix.join(folder, name.replaceAll('\\', '/')))
    .filter((path) => !/(^|\/)(node_modules|dist|\.\w+)\//.test(path) && statSync(join(root, path)).isFile())
    .sort()

export const pages: readonly string[] = [
  ...readdirSync(root),
  ...filesIn('docs'),
  ...filesIn('examples'),
].filter(isPage)

/** The page that shows a file or folder that is not a page itself: see docs/source/. */
export const sourcePage = (path: string): string => `docs/source/${path}.md`

/** A page's path in the site, as Markdown. */
export function addressOf(page: string): string {
  if (page === 'README.md') return 'overview.md'
  if (page === 'docs/README.md') return 'documentation.md'
  if (page === sourcePage('docs/decisions')) return 'decisions/index.md'
  if (!page.includes('/')) return page.toLowerCase()
  return page.replace(/^docs\//, '').replace(/README\.md$/, 'index.md')
}

/** The target of a page's link without its anchor, or undefined if it leaves the project or stays on the page. */
export function targetOf(from: string, link: string): string | undefined {
  const [path = ''] = link.split('#')
  if (path === '' || /^[a-z][a-z+.-]*:/i.test(path)) return undefined
  return posix.join(posix.dirname(from), decodeURI(path)).replace(/\/$/, '')
}

/** The same link in the site, still to Markdown: VitePress turns it into an address. */
export function siteLink(from: string, link: string): string {
  const target = targetOf(from, link)
  if (target === undefined) return link
  const anchor = link.includes('#') ? link.slice(link.indexOf('#')) : ''
  return `/${addressOf(isPage(target) ? target : sourcePage(target))}${anchor}`
}

/** Linked files and folders that are not pages. */
export function linkedSources(): string[] {
  const found = new Set<string>()
  for (const page of pages)
    walkTokens(new Lexer().lex(read(page)), (token) => {
      const target = token.type === 'link' ? targetOf(page, (token as Tokens.Link).href) : undefined
      if (target && !isPage(target) && existsSync(join(root, target))) found.add(target)
    })
  return [...found].sort()
}

/** A page's name in a list: its heading, shortened. */
export function titleOf(page: string): string {
  const heading = /^# (.*)$/m.exec(read(page))![1]!.replaceAll('`', '')
  const [, rest] = /^(?:Tutorial: |How to )(.*)/.exec(heading) ?? []
  return rest ? rest[0]!.toUpperCase() + rest.slice(1) : heading.split(': ')[0]!
}

/** Markdown that shows a file, or all files of a folder. */
export function sourceMarkdown(path: string): string {
  if (!statSync(join(root, path)).isDirectory()) return `# \`${path}\`\n\n${block(path)}`
  const files = filesIn(path)
  if (files.every(isPage))
    return `# Decisions\n\nWhy it is so.\n\n${files.map((file) => `- [${titleOf(file)}](/${addressOf(file)})`).join('\n')}\n`
  const parts = files.map((file) => `## \`${posix.relative(path, file)}\`\n\n${block(file)}`)
  return `# \`${path}\`\n\n${parts.join('\n')}`
}

/** Languages of files whose extension doesn't name one. */
const languages: Readonly<Record<string, string>> = { '': 'txt', mjs: 'js', service: 'ini' }

function block(path: string): string {
  const text = read(path)
  const name = posix.basename(path)
  const ending = name === 'Dockerfile' ? 'docker' : posix.extname(name).slice(1)
  // highlighting would turn the measurements into megabytes
  const language = text.length > 20_000 ? 'txt' : (languages[ending] ?? ending)
  return `\`\`\`\`${language}\n${text.trimEnd()}\n\`\`\`\`\n`
}
