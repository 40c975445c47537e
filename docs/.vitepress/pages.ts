/** Which files of the project the site shows, and where: paths are those of the project, from its folder. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Lexer, type Tokens, walkTokens } from 'marked'

export const root = fileURLToPath(new URL('../..', import.meta.url))

export const read = (path: string): string => readFileSync(join(root, path), 'utf8')

/** What of Markdown is no page, as VitePress takes it. */
export const excluded = ['!(docs|examples)/**/*.md', 'examples/*/**']

/** Whether a file is a page of its own. */
const isPage = (path: string): boolean =>
  /^(docs\/.+|examples\/README|[^/]+)\.md$/.test(path) && !path.includes('[')

/** The names in a folder, of which none is an install's or a build's. */
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

/** Where VitePress finds the page that shows a file or a folder which is none: see docs/source/. */
export const sourcePage = (path: string): string => `docs/source/${path}.md`

/** Where a page is in the site, as Markdown. */
export function addressOf(page: string): string {
  if (page === 'README.md') return 'overview.md'
  if (page === 'docs/README.md') return 'documentation.md'
  if (page === sourcePage('docs/decisions')) return 'decisions/index.md'
  if (!page.includes('/')) return page.toLowerCase()
  return page.replace(/^docs\//, '').replace(/README\.md$/, 'index.md')
}

/** What a link of a page means, without its anchor; nothing where it leads out of the project or stays on its page. */
export function targetOf(from: string, link: string): string | undefined {
  const [path = ''] = link.split('#')
  if (path === '' || /^[a-z][a-z+.-]*:/i.test(path)) return undefined
  return posix.join(posix.dirname(from), decodeURI(path)).replace(/\/$/, '')
}

/** The same link in the site, still as Markdown: VitePress makes its address of that. */
export function siteLink(from: string, link: string): string {
  const target = targetOf(from, link)
  if (target === undefined) return link
  const anchor = link.includes('#') ? link.slice(link.indexOf('#')) : ''
  return `/${addressOf(isPage(target) ? target : sourcePage(target))}${anchor}`
}

/** Files and folders that are no pages, and to which pages link. */
export function linkedSources(): string[] {
  const found = new Set<string>()
  for (const page of pages)
    walkTokens(new Lexer().lex(read(page)), (token) => {
      const target = token.type === 'link' ? targetOf(page, (token as Tokens.Link).href) : undefined
      if (target && !isPage(target) && existsSync(join(root, target))) found.add(target)
    })
  return [...found].sort()
}

/** What a page is called in a list: its heading, short. */
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

/** What colours a file whose name's ending is no language. */
const languages: Readonly<Record<string, string>> = { '': 'txt', mjs: 'js', service: 'ini' }

function block(path: string): string {
  const text = read(path)
  const name = posix.basename(path)
  const ending = name === 'Dockerfile' ? 'docker' : posix.extname(name).slice(1)
  // colours would make megabytes of the measurements
  const language = text.length > 20_000 ? 'txt' : (languages[ending] ?? ending)
  return `\`\`\`\`${language}\n${text.trimEnd()}\n\`\`\`\`\n`
}
