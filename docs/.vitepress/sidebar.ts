import { posix } from 'node:path'
import { Lexer, type Token, type Tokens, walkTokens } from 'marked'
import type { DefaultTheme } from 'vitepress'
import { addressOf, pages, read, sourcePage, targetOf, titleOf } from './pages.ts'

type Item = DefaultTheme.SidebarItem

/** Pages that docs/README.md doesn't list. */
const ofTheProject = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CODE_OF_CONDUCT.md']

const decisions = 'Decisions'

/** The lists of docs/README.md: a group for each heading, an item for each link. */
export function sidebar(): Item[] {
  const overview: Item = { text: 'All pages', link: `/${addressOf('docs/README.md')}` }
  const groups: { text: string; collapsed: boolean; items: Item[] }[] = []
  for (const token of new Lexer().lex(read('docs/README.md'))) {
    if (token.type === 'heading' && token.depth === 2)
      groups.push({ text: (token as Tokens.Heading).text, collapsed: false, items: [] })
    if (token.type === 'list') groups.at(-1)!.items.push(...linksOf(token).map(itemOf))
  }
  // there are many decisions, and few readers look for one
  const isOfDecisions = ({ text }: Item) => text === decisions
  const ofDecisions = groups.flatMap(({ items }) => items.filter(isOfDecisions))
  for (const group of groups) group.items = group.items.filter((item) => !isOfDecisions(item))
  const project = { text: 'Project', collapsed: true, items: [...ofTheProject.map(pageItem), ...ofDecisions] }
  return [overview, ...groups, project]
}

function linksOf(list: Token): string[] {
  const links: string[] = []
  walkTokens([list], (token) => {
    if (token.type === 'link') links.push((token as Tokens.Link).href)
  })
  return links
}

function itemOf(link: string): Item {
  const target = targetOf('docs/README.md', link)!
  // the parts of the reference, or the files of the folder, are listed below
  const folder = target.endsWith('/api/README.md') ? posix.dirname(target) : target
  const below = pages.filter((page) => page.startsWith(`${folder}/`) && page !== target)
  if (below.length === 0) return pageItem(target)
  const self = target.endsWith('.md')
    ? pageItem(target)
    : { text: decisions, link: `/${addressOf(sourcePage(target))}` }
  return { ...self, collapsed: true, items: below.map(pageItem) }
}

const pageItem = (page: string): Item => ({ text: titleOf(page), link: `/${addressOf(page)}` })
