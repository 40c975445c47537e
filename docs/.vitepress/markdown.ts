import { relative } from 'node:path'
import { slug } from 'github-slugger'
import type { MarkdownOptions, MarkdownRenderer } from 'vitepress'
import { root, siteLink } from './pages.ts'

/** The source of a page's text, as VitePress gives it for a page and for the search index. */
interface Environment {
  readonly path?: string
  readonly realPath?: string
}

/**
 * The pages are Markdown as a Git host shows it. VitePress interprets more signs than that, and follows links between addresses of the
 * site instead of files of the project.
 */
export function plainMarkdown(md: MarkdownRenderer): void {
  md.disable('emoji')
  md.core.ruler.push('of-the-project', ({ tokens, env }) => {
    const { realPath, path } = env as Environment
    const file = realPath ?? path
    // a title alone belongs to no page; pages that we generate already have the site's addresses
    const from = file && !file.includes('[') ? relative(root, file).replaceAll('\\', '/') : undefined
    for (const token of tokens) {
      // an indented block gets a copy button like any other
      if (token.type === 'code_block') Object.assign(token, { type: 'fence', tag: 'code', info: 'txt' })
      for (const child of token.children ?? []) {
        if (child.type === 'link_open' && from) {
          const href = child.attrGet('href')!
          child.attrSet('href', siteLink(writtenIn(from, href), href))
        }
        if (child.type === 'code_inline' && /^\S{1,30}$/.test(child.content)) child.attrJoin('class', 'short')
      }
    }
  })
  const text = md.renderer.rules.text!
  // Vue would interpret double braces as an expression
  md.renderer.rules.text = (...given) => text(...given).replaceAll('{{', '&#123;&#123;')
}

/** The page that a link was written in: the first page includes parts of README.md, whose links begin above docs. */
function writtenIn(page: string, href: string): string {
  return page === 'docs/index.md' && href.startsWith('docs/') ? 'README.md' : page
}

export const markdown: MarkdownOptions = {
  // `{ given }` after a word is not an attribute
  attrs: { disable: true },
  // anchors of headings are those of a Git host
  anchor: { slugify: (heading) => slug(heading) },
  config: plainMarkdown,
}
