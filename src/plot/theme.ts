/** What a figure is drawn in. Blue, vermillion and orange are Okabe and Ito's, told apart by the colour-blind. */
export interface Theme {
  readonly background: string
  readonly foreground: string
  readonly muted: string
  readonly grid: string
  readonly data: string
  readonly samples: string
  /** A path over other things. */
  readonly path: string
  /** Lines beside each other. */
  readonly series: readonly string[]
  /** A d3 colour scheme from little to much, its start near the background. */
  readonly scheme: string
}

export const themes = {
  light: {
    background: '#ffffff',
    foreground: '#1b1e23',
    muted: '#656d78',
    grid: '#e3e6ea',
    data: '#656d78',
    samples: '#0072b2',
    path: '#d55e00',
    series: ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#8a6d00', '#1b1e23'],
    scheme: 'ylgnbu',
  },
  dark: {
    background: '#14171c',
    foreground: '#e8eaed',
    muted: '#9aa3ad',
    grid: '#2b3038',
    data: '#aab2bb',
    samples: '#56b4e9',
    path: '#e69f00',
    series: ['#56b4e9', '#e69f00', '#2fc99a', '#e39ac4', '#f0e442', '#e8eaed'],
    scheme: 'viridis',
  },
} as const satisfies Record<string, Theme>

export type ThemeName = keyof typeof themes
export const themeNames = Object.keys(themes) as ThemeName[]

/** The family that the figures name first; its file comes with the package, so that a PNG needs no font of the machine. */
export const fontFamily = 'DejaVu Sans'
