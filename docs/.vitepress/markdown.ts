import { relative } from 'node:path'
import { slug } from 'github-slugger'
import type { MarkdownOptions, MarkdownRenderer } from 'vitepress'
import { root, siteLink } from './pages.ts'

/** Where a page's text comes from, as VitePress says it for a page and for the index of the search. */
interface Environment {
  readonly path?: string
  readonly realPath?: string
}

/**
 * The pages are Markdown as a Git host shows it. VitePress reads more into some signs than that, and follows links between addresses of
 * the site, not between files of the project.
 */
export function plainMarkdown(md: MarkdownRenderer): void {
  md.disable('emoji')
  md.core.ruler.push('of-the-project', ({ tokens, env }) => {
    const { realPath, path } = env as Environment
    const file = realPath ?? path
    // a title alone is of no page; what we make of other files has the addresses of the site
    const from = file && !file.includes('[') ? relative(root, file).replaceAll('\\', '/') : undefined
    for (const token of tokens) {
      // an indented block is one like any other, and has a button that copies it
      if (token.type === 'code_block') Object.assign(token, { type: 'fence', tag: 'code', info: 'txt' })
      for (const child of token.children ?? []) {
        if (child.type === 'link_open' && from) child.attrSet('href', siteLink(from, child.attrGet('href')!))
        if (child.type === 'code_inline' && /^\S{1,30}$/.test(child.content)) child.attrJoin('class', 'short')
      }
    }
  })
  const text = md.renderer.rules.text!
  // Vue would take two braces for an expression
  md.renderer.rules.text = (...given) => text(...given).replaceAll('{{', '&#123;&#123;')
}

export const markdown: MarkdownOptions = {
  // `{ given }` behind a word is no attribute of it
  attrs: { disable: true },
  // links to headings are those of a Git host
  anchor: { slugify: (heading) => slug(heading) },
  config: plainMarkdown,
}
