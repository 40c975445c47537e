import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import GithubSlugger from 'github-slugger'
import { Lexer, type Token, type Tokens, walkTokens } from 'marked'

/** The links of a Markdown file below `root` that lead nowhere: no such file, or no such heading. None is fetched. */
export function brokenLinks(root: string, file: string): string[] {
  const { links } = pageOf(join(root, file))
  return links.flatMap((link) => {
    const problem = problemOf(root, file, link)
    return problem ? [`${file}: ${link}: ${problem}`] : []
  })
}

function problemOf(root: string, from: string, link: string): string | undefined {
  if (/^[a-z][a-z+.-]*:/i.test(link)) return undefined
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? from : normalize(join(dirname(from), decodeURI(path)))
  if (target.startsWith('..')) return 'it leaves the project'
  if (!existsSync(join(root, target))) return `there is no ${target}`
  if (anchor === undefined) return undefined
  if (!target.endsWith('.md') || !statSync(join(root, target)).isFile()) return 'only Markdown has anchors'
  const { anchors } = pageOf(join(root, target))
  return anchors.has(anchor) ? undefined : `${target} has no heading #${anchor}`
}

interface Page {
  /** Where it leads to. */
  readonly links: readonly string[]
  /** Those that GitHub gives its headings, and its own. */
  readonly anchors: ReadonlySet<string>
}

const pages = new Map<string, Page>()

function pageOf(path: string): Page {
  const page = pages.get(path) ?? parse(readFileSync(path, 'utf8'))
  pages.set(path, page)
  return page
}

function parse(markdown: string): Page {
  const links: string[] = []
  const anchors = new Set<string>()
  const slugger = new GithubSlugger()
  const visit = (token: Token) => {
    if (token.type === 'link' || token.type === 'image') links.push((token as Tokens.Link).href)
    if (token.type === 'heading') anchors.add(slugger.slug(plain(token as Tokens.Heading)))
    if (token.type === 'html') {
      links.push(...valuesOf(token.raw, 'href|src'))
      for (const id of valuesOf(token.raw, 'id|name')) anchors.add(id)
    }
  }
  walkTokens(new Lexer().lex(markdown), visit)
  return { links, anchors }
}

function valuesOf(html: string, attributes: string): string[] {
  return [...html.matchAll(new RegExp(`\\s(?:${attributes})="([^"]*)"`, 'g'))].map(([, value]) => value!)
}

/** A heading's letters without its marks. */
function plain(token: Tokens.Generic): string {
  return token.tokens ? token.tokens.map((each) => plain(each as Tokens.Generic)).join('') : token.text
}
