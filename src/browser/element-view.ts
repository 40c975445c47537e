import type { Points } from '../numerics/points.ts'
import { type CloudCanvas, createCloudCanvas } from './cloud.ts'

/** The element's style; pages change it by custom properties and parts (docs/web.md). */
const elementStyle = `
:host {
  display: block;
  position: relative;
  overflow: hidden;
  aspect-ratio: 1;
  background: var(--moon-sampler-background, #ffffff);
  color: var(--moon-sampler-text, #1f2430);
  --points: var(--moon-sampler-points, #2b59c3);
}
@media (prefers-color-scheme: dark) {
  :host {
    background: var(--moon-sampler-background, #14171f);
    color: var(--moon-sampler-text, #e8eaf0);
    --points: var(--moon-sampler-points, #8fb4ff);
  }
}
:host([hidden]) { display: none; }
[part='picture'] { position: absolute; inset: 0; cursor: pointer; }
[part='picture']:focus-visible { outline: 3px solid var(--points); outline-offset: -3px; }
canvas { display: block; inline-size: 100%; block-size: 100%; color: var(--points); }
[part='message'] {
  position: absolute;
  inset: auto 0 0 0;
  max-block-size: 100%;
  box-sizing: border-box;
  overflow: auto;
  margin: 0;
  padding: 0.5em 0.75em;
  background: var(--moon-sampler-background, inherit);
  font: 0.875rem / 1.4 system-ui, sans-serif;
  overflow-wrap: anywhere;
}
[part='message']:empty { display: none; }
`

/** The element's picture of points, with a text over it. */
export interface ElementView {
  /** Points in scaled space, as far as `reach` from the middle. */
  paint(points: Points, reach: number): void
  describe(picture: string): void
  say(text: string): void
  /** Removes its listeners until it paints again. */
  rest(): void
}

const hint = 'Press Enter, or click, for the next seed'

/** Creates the view in the element's shadow root. */
export function createElementView(host: HTMLElement, onNext: () => void): ElementView {
  const root = host.attachShadow({ mode: 'open', delegatesFocus: true })
  // a constructed sheet works even if the page's policy forbids inline styles
  const style = new CSSStyleSheet()
  style.replaceSync(elementStyle)
  root.adoptedStyleSheets = [style]
  const canvas = document.createElement('canvas')
  const picture = document.createElement('div')
  picture.setAttribute('part', 'picture')
  picture.setAttribute('role', 'img')
  picture.tabIndex = 0
  picture.title = hint
  picture.append(canvas)
  const message = document.createElement('p')
  message.setAttribute('part', 'message')
  message.setAttribute('role', 'status')
  root.append(picture, message)
  picture.addEventListener('click', onNext)
  picture.addEventListener('keydown', (event) => {
    if ((event.key !== 'Enter' && event.key !== ' ') || event.repeat) return
    // Space would scroll the page
    event.preventDefault()
    onNext()
  })
  const describe = (text: string) => picture.setAttribute('aria-label', `${text}. ${hint}.`)
  describe('No samples yet')

  let cloud: CloudCanvas | undefined
  return {
    paint(points, reach) {
      cloud ??= createCloudCanvas(canvas)
      cloud.paint(points, reach)
    },
    describe,
    say(text) {
      message.textContent = text
    },
    rest() {
      cloud?.dispose()
      cloud = undefined
    },
  }
}
