import { linkedSources, sourceMarkdown } from '../.vitepress/pages.ts'

export default {
  paths: () => linkedSources().map((path) => ({ params: { path }, content: sourceMarkdown(path) })),
}
