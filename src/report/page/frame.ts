import { type Content, html, jsonSource, type Markup, sourceOf, trusted } from './html.ts'
import { style } from './style.ts'

/** Allows only the page's own styles, so that no name in a table can load or run anything. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

/** What a page is made of. */
interface Frame {
  /** What the samples are of. */
  readonly title: string
  /** The ids of the sections and their names in the list above them. */
  readonly parts: readonly (readonly [string, Content])[]
  readonly body: readonly Markup[]
  /** The numbers that the page holds as JSON. */
  readonly report: object
}

/** The page as a file. */
export function pageSource({ title, parts, body, report }: Frame): string {
  return sourceOf(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${title}: quality and privacy of samples</title>
<style>${trusted(style)}</style>
</head>
<body>
<header>
<p class="kind">Quality and privacy of samples</p>
<h1>${title}</h1>
<nav aria-label="Parts of the report"><ul>
${parts.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}
</ul></nav>
</header>
<main>
${body.map(
  (section) => html`${section}
`,
)}</main>
<footer><p>Made by Moonstep. This file contains all numbers, unrounded, as JSON in the element with id report.</p></footer>
<script type="application/json" id="report">${jsonSource(report)}</script>
</body>
</html>
`)
}
