import { type ColumnHistogram, type Distribution, isGenerated, percent } from 'moonstep/web'
import { apart, gradeOf, sayBounds } from './yardsticks.ts'

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
  /** The distance between two sets of real rows, once samples are judged. */
  readonly yardstick?: number | undefined
}

/** A column: its name, its kind, and its distribution in real rows and samples. */
export function ColumnCard({ view, drawn, yardstick }: CardProps) {
  const { real, samples } = drawn
  // of cells that are generated for each row, only the gaps are learned
  const isMade = isGenerated(view.column)
  const missing = samples && `missing ${percent(real.missing)}, generated ${percent(samples.missing)}`
  const hasGaps = samples !== undefined && real.missing + samples.missing > 0
  return (
    <figure class="card">
      <figcaption>
        <span class="card-name">{view.column.name}</span>
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
          {yardstick !== undefined && <Judged distance={apart(real, samples)} real={yardstick} />}
          {view.axis.kind === 'number' && hasGaps ? `; ${missing}` : ''}
        </p>
      )}
      {isMade && hasGaps && <p class="quiet apart">{missing}</p>}
    </figure>
  )
}

/** A distance in a word, next to that of real rows. */
function Judged({ distance, real }: { readonly distance: number; readonly real: number }) {
  const grade = gradeOf(distance, real)
  return (
    <>
      , real rows {percent(real)}:{' '}
      <b class={`grade ${grade}`} title={sayBounds()}>
        {grade}
      </b>
    </>
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

/** The distribution of a column's real rows in a line of text. */
export function MiniHistogram({ view: { real, column, axis } }: { readonly view: ColumnHistogram }) {
  if (isGenerated(column)) return null
  const top = Math.max(...real.shares, 1e-9)
  const width = 100 / real.shares.length
  const gap = axis.kind === 'slots' ? 0.2 * width : 0
  return (
    <svg class="mini" viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true">
      {real.shares.map((share, k) => (
        <rect
          // biome-ignore lint/suspicious/noArrayIndexKey: bins have no other name
          key={k}
          class="real"
          x={k * width}
          width={width - gap}
          y={24 - (24 * share) / top}
          height={(24 * share) / top}
        />
      ))}
    </svg>
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
  marks,
  title,
}: {
  readonly names: readonly string[]
  readonly cells: readonly (readonly (string | null)[])[]
  /** Cells to point out. */
  readonly marks?: readonly (readonly boolean[])[]
  readonly title: string
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keys
    <section class="scroll rows" tabIndex={0} aria-label={title}>
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
                  {marks?.[i]?.[d] ? <mark>{cell}</mark> : (cell ?? 'missing')}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
