import { themeVariables } from '../../charts/marks/layout.ts'

// One sheet of colours and fonts for the report's page, the lesson and the studio: web/shared/tokens.css is its text, and
// tests/report/page/tokens.test.ts writes it. Names say what a value is for. Figures use the first ones.

const light = {
  ...themeVariables('light'),
  /** A path over real rows and samples. */
  path: '#b3204d',
  /** Cards, inputs and figures on the page. */
  surface: '#f7f8f9',
  /** Around what can be used, and axes. */
  border: '#868e98',
  /** Links, main buttons and focus. */
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
