import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig, type SiteConfig } from 'vitepress'
import { markdown } from './markdown.ts'
import { addressOf, excluded, root } from './pages.ts'
import { sidebar } from './sidebar.ts'

const moon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath d='M10 1a7 7 0 1 0 5 10A6 6 0 0 1 10 1Z' fill='%23d97706'/%3E%3C/svg%3E"

/** The lesson and the studio are not pages of VitePress. */
const ownPage = { target: '_self' }

/**
 * Tutorials and how-to pages come before the reference, and decisions last. VitePress sends this function's text to the page, so it
 * uses nothing from outside.
 */
function boostDocument(id: string): number {
  if (/\/(tutorial|how-to|studio|lesson)/.test(id)) return 4
  return /\/(reference|decisions|source|changelog)/.test(id) ? 0.4 : 1
}

/** Where the own pages lead back to, relative to each. */
const links = {
  'index.html': [
    ['../', 'Moonstep'],
    ['../documentation.html', 'Documentation'],
    ['studio/', 'Studio'],
  ],
  'studio/index.html': [
    ['../../', 'Moonstep'],
    ['../../studio.html', 'How to use the studio'],
    ['../../tutorial-table.html', 'Tutorial'],
  ],
} as const

/** Copies them into the site, with links to it at their end; they run from any folder. */
function addOwnPages({ outDir }: SiteConfig): void {
  const built = join(root, 'web', 'dist')
  for (const page of ['index.html', 'studio/index.html'])
    if (!existsSync(join(built, page))) throw new Error(`web/dist/${page} is missing: npm run web:build`)
  cpSync(built, join(outDir, 'lesson'), { recursive: true })
  for (const [page, targets] of Object.entries(links)) {
    const file = join(outDir, 'lesson', page)
    const html = readFileSync(file, 'utf8')
    const list = targets.map(([link, text]) => `<a href="${link}">${text}</a>`).join(' · ')
    writeFileSync(
      file,
      html.replace('</body>', `<nav class="of-site" aria-label="Moonstep">${list}</nav></body>`),
    )
  }
}

export default defineConfig({
  title: 'Moonstep',
  description: 'Synthetic rows of your own table: a small diffusion model that trains in Node or in a page.',
  lang: 'en-GB',
  head: [['link', { rel: 'icon', href: moon }]],
  srcDir: '..',
  srcExclude: excluded,
  rewrites: addressOf,
  outDir: '../build/site',
  cacheDir: '../build/vitepress',
  markdown,
  // one page at a time, so that the search index lists them in a fixed order
  buildConcurrency: 1,
  vite: {
    // the search index has 600 KB, and is loaded with the first search
    build: { chunkSizeWarningLimit: 1000 },
    // the development server would resolve the imports of the examples' pages
    optimizeDeps: { entries: [] },
  },
  themeConfig: {
    logo: moon,
    nav: [
      { text: 'Your own table', link: `/${addressOf('docs/tutorial-table.md')}` },
      { text: 'Documentation', link: `/${addressOf('docs/README.md')}` },
      { text: 'Lesson', link: '/lesson/', ...ownPage },
      { text: 'Studio', link: '/lesson/studio/', ...ownPage },
    ],
    sidebar: sidebar(),
    outline: [2, 3],
    search: { provider: 'local', options: { miniSearch: { searchOptions: { boostDocument } } } },
  },
  buildEnd: addOwnPages,
})
