/** The element's looks, which a page changes by its custom properties and parts (docs/web.md). */
export const elementStyle = `
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
