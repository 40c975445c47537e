import { type ColumnHistogram, type Distribution, isGenerated, percent } from 'moonstep/web'
import type { ComponentChildren } from 'preact'

/** The distributions that a card draws. */
export interface Drawn {
  readonly real: Distribution
  readonly samples?: Distribution | undefined
  /** The samples without the condition. */
  readonly before?: Distribution | undefined
}

interface CardProps {
  readonly view: ColumnHistogram
  readonly drawn: Drawn
  /** Content beside the column's name. */
  readonly children?: ComponentChildren
}

/** Distance of two sets of rows in a column: half the sum of the differences of their shares. */
function apart(a: Distribution, b: Distribution): number {
  const sum = a.shares.reduce((sum, share, k) => sum + Math.abs(share - b.shares[k]!), 0)
  return (sum + Math.abs(a.missing - b.missing)) / 2
}

/** A column: its name, its kind, and its distribution in real rows and samples. */
export function ColumnCard({ view, drawn, children }: CardProps) {
  const { real, samples } = drawn
  // of cells that are made for each row, only the gaps are learned
  const isMade = isGenerated(view.column)
  const missing = samples && `missing ${percent(real.missing)}, generated ${percent(samples.missing)}`
  const hasGaps = samples !== undefined && real.missing + samples.missing > 0
  return (
    <figure class="card">
      <figcaption>
        <span class="card-name">{view.column.name}</span>
        {children}
        <span class="quiet">{view.says}</span>
      </figcaption>
      {isMade ? null : view.axis.kind === 'slots' ? (
        <Bars labels={view.axis.labels} drawn={drawn} />
      ) : (
        <Histogram view={view} axis={view.axis} drawn={drawn} />
      )}
      {samples && !isMade && (
        <p class="quiet apart">
          {percent(apart(real, samples))} apart
          {view.axis.kind === 'number' && hasGaps ? `; ${missing}` : ''}
        </p>
      )}
      {isMade && hasGaps && <p class="quiet apart">{missing}</p>}
    </figure>
  )
}

const [width, height] = [240, 84]

/** Numbers and dates: real rows filled, samples as an outline over them. */
function Histogram({
  view,
  axis,
  drawn: { real, samples, before },
}: {
  readonly view: ColumnHistogram
  readonly axis: { readonly from: string; readonly to: string }
  readonly drawn: Drawn
}) {
  const sets = [real, samples, before].flatMap((set) => set ?? [])
  const top = Math.max(...sets.flatMap(({ shares }) => shares), 1e-9) * 1.06
  const outline = ({ shares }: Distribution) => {
    const step = width / shares.length
    const at = (share: number) => (height - (height * share) / top).toFixed(1)
    return shares
      .map((share, k) => `${k === 0 ? 'M0' : ''}V${at(share)}H${((k + 1) * step).toFixed(1)}`)
      .join('')
  }
  const path = (set: Distribution) => outline(set).replace('M0V', 'M0 ')
  return (
    <>
      <svg class="histogram" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img">
        <title>{`${view.column.name} from ${axis.from} to ${axis.to}, as a histogram`}</title>
        <path class="real" d={`M0 ${height}${outline(real).replace('M0', '')}V${height}Z`} />
        {before && <path class="before" d={path(before)} />}
        {samples && <path class="samples" d={path(samples)} />}
      </svg>
      <div class="ends quiet">
        <span>{axis.from}</span>
        <span>{axis.to}</span>
      </div>
    </>
  )
}

/** Names: bars of real rows and samples, one below the other. */
function Bars({
  labels,
  drawn: { real, samples, before },
}: {
  readonly labels: readonly string[]
  readonly drawn: Drawn
}) {
  const sets = [real, samples, before].flatMap((set) => set ?? [])
  const top = Math.max(...sets.flatMap(({ shares }) => shares), 1e-9)
  const bar = (kind: string, { shares }: Distribution, k: number) => (
    <span class={`bar ${kind}`} style={{ width: `${(100 * shares[k]!) / top}%` }} />
  )
  return (
    <ul class="bars">
      {labels.map((label, k) => (
        <li key={label}>
          <span class="bar-name" title={label}>
            {label}
          </span>
          <span class="tracks">
            {bar('real', real, k)}
            {samples && bar('samples', samples, k)}
            {before && bar('before', before, k)}
          </span>
          <span class="bar-share quiet">{percent((samples ?? real).shares[k]!)}</span>
        </li>
      ))}
    </ul>
  )
}

/** The legend of the colours. */
export function Legend({
  of,
}: {
  readonly of: readonly (readonly ['real' | 'samples' | 'before', string])[]
}) {
  return (
    <p class="legend">
      {of.map(([kind, text]) => (
        <span class="key" key={kind}>
          <span class={`swatch ${kind}`} /> {text}
        </span>
      ))}
    </p>
  )
}

/** Rows as a small table. */
export function PreviewTable({
  names,
  cells,
  title,
}: {
  readonly names: readonly string[]
  readonly cells: readonly (readonly (string | null)[])[]
  readonly title: string
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keys
    <section class="scroll" tabIndex={0} aria-label={title}>
      <table>
        <thead>
          <tr>
            {names.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {cells.map((row, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name
            <tr key={i}>
              {row.map((cell, d) => (
                <td key={names[d]} class={cell === null ? 'quiet' : undefined}>
                  {cell ?? 'missing'}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
