import { themeVariables } from '../../charts/marks/layout.ts'

// One sheet of colours and fonts for the report's page, the lesson and the studio: web/shared/tokens.css is its text, and
// tests/report/page/tokens.test.ts writes it. Names say what a value is for. Figures use the first ones.

const light = {
  ...themeVariables('light'),
  path: '#b3204d',
  surface: '#f7f8f9',
  border: '#868e98',
  accent: '#00639c',
  problem: '#a3203f',
}

const dark: typeof light = {
  ...themeVariables('dark'),
  path: '#f5799c',
  surface: '#1b1f26',
  border: '#6f7781',
  accent: '#7cc4f0',
  problem: '#ff9aa9',
}

const fonts = {
  'font-reading': "Charter, 'Bitstream Charter', 'Sitka Text', Cambria, Georgia, serif",
  'font-figures': "system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', 'Noto Sans', sans-serif",
  'font-code': "ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace",
}

const declared = (values: Readonly<Record<string, string>>, indent: string) =>
  Object.entries(values)
    .map(([name, value]) => `${indent}--${name}: ${value};\n`)
    .join('')

/** The sheet as CSS: light or dark like the reader's system, and light on paper. */
export const tokenSheet = `:root {
  color-scheme: light;
${declared({ ...light, ...fonts }, '  ')}}

@media screen and (prefers-color-scheme: dark) {
  :root {
    color-scheme: dark;
${declared(dark, '    ')}  }
}
`

/** One column on a phone, plain on paper. */
export const style = `
${tokenSheet}* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-behavior: auto; }
body {
  margin: 0; background: var(--background); color: var(--foreground);
  font: 1rem/1.55 var(--font-figures);
  overflow-wrap: break-word;
}
header, main, footer { max-width: 72rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 3.5rem; }
footer { padding-top: 1.5rem; padding-bottom: 3rem; color: var(--muted); font-size: .875rem; }
h1, h2, h3 { line-height: 1.2; text-wrap: balance; break-after: avoid; }
h1 { margin: 0 0 1rem; font-size: clamp(1.75rem, 5vw, 2.5rem); font-weight: 650; letter-spacing: -.02em; overflow-wrap: anywhere; }
h2 { margin: 0 0 1rem; font-size: 1.625rem; font-weight: 650; letter-spacing: -.01em; }
h3 { margin: 2.75rem 0 .75rem; font-size: 1.125rem; font-weight: 650; }
section { margin-top: 3.5rem; padding-top: 2rem; border-top: 1px solid var(--grid); }
p, ul, dl { margin: 0 0 1rem; }
p, li, dd { max-width: 44rem; }
ul { padding-left: 1.2rem; }
li { margin-bottom: .35rem; }
a { color: inherit; text-decoration-color: var(--muted); text-underline-offset: .2em; }
a:hover { text-decoration-color: currentColor; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
dfn { font-style: normal; font-weight: 600; }
small { color: var(--muted); font-size: .8125rem; }
code {
  font: .92em var(--font-code);
  unicode-bidi: isolate; overflow-wrap: anywhere;
}
.kind { margin: 0 0 .75rem; color: var(--muted); font-size: .875rem; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; margin: 1.5rem 0 0; padding: 0; list-style: none; font-size: .9375rem; }
#summary { margin-top: 2rem; }
#summary h3 { margin-top: 1.5rem; }
.plain li { margin-bottom: .5rem; }
main section:not(#summary) .lead { font-size: 1.0625rem; }
.lead { max-width: 50rem; font-size: 1.3125rem; line-height: 1.45; text-wrap: pretty; }
.verdicts { padding: 0; list-style: none; }
.verdicts li { max-width: 50rem; margin-bottom: .9rem; padding: .1rem 0 .1rem 1rem; border-left: 4px solid var(--muted); }
.verdicts strong { display: block; font-size: 1.3125rem; font-weight: 600; line-height: 1.4; text-wrap: pretty; }
.verdicts .good, .verdicts .none { border-left-color: var(--samples); }
.verdicts .poor, .verdicts .clear { border-left-color: var(--problem); }
.limits { padding: 0; list-style: none; }
.limits li { padding: .6rem 0 .6rem 1rem; border-left: 3px solid var(--muted); margin-bottom: .5rem; }
.limits .not-kept { border-left-color: var(--problem); }
.limits .kept { border-left-color: var(--samples); }
.fails th { padding-left: .7rem; border-left: 4px solid var(--problem); }
.fails small { color: var(--problem); }
.findings { padding: 0; list-style: none; }
.held { columns: 20rem; column-gap: 2.5rem; font-size: .9375rem; }
.held li { break-inside: avoid; }
.note { color: var(--muted); font-size: .875rem; }
.legend { max-width: none; margin: 0 0 .75rem; font-size: .875rem; }
.key { margin-right: 1rem; white-space: nowrap; }
.key svg { vertical-align: -.1em; margin-right: .35em; }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(18.5rem, 100%), 1fr)); gap: 1.5rem 1.5rem; margin: 0 0 1.25rem; align-items: start; }
.figures.wide { grid-template-columns: repeat(auto-fill, minmax(min(24rem, 100%), 1fr)); }
.figures.each { align-items: end; }
figure { margin: 0; min-width: 0; break-inside: avoid; }
figcaption { font-size: .875rem; line-height: 1.45; overflow-wrap: anywhere; }
figcaption small { display: block; }
figure svg { display: block; max-width: 100%; height: auto; font-family: inherit; }
figure svg svg { overflow: visible; }
.beside { display: flex; flex-wrap: wrap; gap: 1rem 2rem; align-items: start; }
.beside > * { min-width: 0; }
.matrix svg { max-width: none; }
.scroll { max-width: 100%; overflow-x: auto; margin: 0 0 1rem; background: linear-gradient(90deg, var(--background) 30%, transparent) left / 2.5rem 100% no-repeat local, linear-gradient(270deg, var(--background) 30%, transparent) right / 2.5rem 100% no-repeat local, linear-gradient(90deg, var(--grid), transparent) left / .9rem 100% no-repeat scroll, linear-gradient(270deg, var(--grid), transparent) right / .9rem 100% no-repeat scroll; }
.hint { display: none; margin: 0 0 .25rem; }
@media screen and (max-width: 48rem) { .hint { display: block; } }
table { border-collapse: collapse; font-size: .9rem; line-height: 1.4; }
caption { padding: .5rem 0; color: var(--muted); font-size: .875rem; text-align: left; }
th, td { padding: .45rem 1.1rem .45rem 0; border-bottom: 1px solid var(--grid); text-align: left; vertical-align: baseline; }
thead th { border-bottom-color: var(--muted); color: var(--muted); font-size: .8125rem; font-weight: 600; vertical-align: bottom; }
tbody th { min-width: 8.5rem; font-weight: 400; }
tbody th:has(small) { min-width: 11rem; }
th small, td small { display: block; }
tr { break-inside: avoid; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
thead th.number { white-space: normal; }
.columns thead th[scope='colgroup'] { text-align: right; }
dt { font-weight: 600; }
.terms { flex: 1 1 22rem; font-size: .9375rem; }
.terms dd, .method dd { margin: 0 0 .85rem; }
@media (min-width: 48rem) {
  .method { display: grid; grid-template-columns: 11rem 1fr; gap: 0 1.5rem; }
}
.printed { display: none; }
@media print {
  @page { margin: 12mm 13mm; }
  :root { font-size: 8pt; }
  body { line-height: 1.35; }
  header, main, footer { max-width: none; padding: 0; }
  header { padding-top: 0; }
  h1 { margin: 0 0 4pt; font-size: 18pt; }
  h2 { margin-bottom: 6pt; font-size: 13pt; }
  h3 { margin: 10pt 0 4pt; font-size: 10pt; }
  p, ul, dl { margin-bottom: 5pt; }
  p, li, dd { max-width: none; }
  li { margin-bottom: 1.5pt; }
  section { margin-top: 12pt; padding-top: 8pt; }
  nav, .hint, .on-screen, .held li:nth-child(n+13) { display: none; }
  .printed { display: block; }
  #summary { margin-top: 6pt; padding: 0; border: 0; font-size: 10.5pt; line-height: 1.4; }
  #summary .lead, .verdicts strong { font-size: 13pt; }
  .verdicts li { max-width: none; margin-bottom: 6pt; }
  #summary h3 { margin-top: 12pt; font-size: 12pt; }
  #summary .plain li { margin-bottom: 4pt; }
  #summary .note { font-size: 8pt; }
  .quality { break-before: page; margin: 0; padding: 0; border: 0; }
  .scroll { margin-bottom: 6pt; overflow: visible; background: none; }
  .beside { gap: 4pt 14pt; }
  .terms { font-size: 7.5pt; }
  .terms dd, .method dd { margin-bottom: 3pt; }
  .method { grid-template-columns: 26mm 1fr; gap: 0 10pt; font-size: 7.5pt; }
  #limits-of-report ul { font-size: 7.5pt; }
  .figures { grid-template-columns: repeat(6, 1fr); gap: 6pt; margin-bottom: 6pt; }
  .figures.each { grid-template-columns: repeat(5, 1fr); }
  .figures.wide { grid-template-columns: 3fr 2fr; align-items: end; }
  .figures.wide svg { max-height: 48mm; margin: 0 auto; }
  .range { white-space: normal; }
  .matrix { flex: 1 1 100mm; }
  .matrix svg { max-width: 100%; max-height: 92mm; }
  .held { columns: 3; column-gap: 10pt; font-size: 7pt; }
  dt, h3 + p, .legend { break-after: avoid; }
  table { font-size: 7pt; break-inside: avoid; }
  th, td { padding: 1.2pt 5pt 1.2pt 0; }
  th small, td small { display: inline; }
  tbody th:has(small) { min-width: 0; }
  thead th, caption, small, .note, figcaption { font-size: 7pt; }
  caption { padding: 2pt 0; }
  p, li { orphans: 3; widows: 3; }
}
`
