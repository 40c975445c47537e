import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'
import { parseHTML } from 'linkedom'
import { marked } from 'marked'

/** Where the site stands on its server, which need not be the top. */
export const base = '/moonstep/'

export const htmlFiles = (site: string): string[] =>
  readdirSync(site, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.html'))

const documents = new Map<string, Document>()

/** A page of the site as a browser has it before any script. */
export function documentOf(site: string, file: string): Document {
  const path = join(site, file)
  const document = documents.get(path) ?? parseHTML(readFileSync(path, 'utf8')).document
  documents.set(path, document)
  return document
}

/** What a page of the site asks for, or leads to, and isn't there; each with why. */
export function faultsOf(site: string, file: string): string[] {
  const document = documentOf(site, file)
  const led = [...document.querySelectorAll('a[href]')].map((a) => a.getAttribute('href')!)
  const fetched = [
    ...[...document.querySelectorAll('link[href]')].map((link) => link.getAttribute('href')!),
    ...[...document.querySelectorAll('[src]')].map((element) => element.getAttribute('src')!),
  ]
  return [
    ...led.filter((link) => !/^(https?|mailto):/.test(link)),
    ...fetched.filter((link) => !link.startsWith('data:')),
  ].flatMap((link) => {
    const problem = problemOf(site, file, link)
    return problem ? [`${file}: ${link}: ${problem}`] : []
  })
}

function problemOf(site: string, file: string, link: string): string | undefined {
  const here = `http://site.invalid${base}${file}`
  const { origin, pathname, hash } = new URL(link, here)
  if (origin !== 'http://site.invalid') return 'another server'
  if (!pathname.startsWith(base)) return `outside of ${base}`
  const path = decodeURI(pathname.slice(base.length))
  const target = path === '' || path.endsWith('/') ? posix.join(path, 'index.html') : path
  if (!existsSync(join(site, target)) || !statSync(join(site, target)).isFile())
    return `there is no ${target}`
  const id = decodeURIComponent(hash.slice(1))
  if (id === '' || !target.endsWith('.html')) return undefined
  return documentOf(site, target).getElementById(id) ? undefined : `${target} has no #${id}`
}

const withoutSpace = (text: string) => text.replace(/[\s\u200b]/g, '')

/** The letters that a Git host would show of a page. */
export function lettersOfMarkdown(markdown: string): string {
  const { document } = parseHTML(`<html><body>${marked.parse(markdown, { async: false })}</body></html>`)
  return withoutSpace(document.body.textContent!)
}

/** The letters that the site shows of a page, without what VitePress puts beside them. */
export function lettersOfPage(site: string, file: string): string {
  const page = documentOf(site, file).querySelector('.vp-doc')!.cloneNode(true) as Element
  for (const added of page.querySelectorAll('.header-anchor, .lang, button.copy')) added.remove()
  return withoutSpace(page.textContent!)
}
