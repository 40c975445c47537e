import { counted, type Report as Findings, isGenerated } from 'moonstep/web'
import { useEffect, useRef, useState } from 'preact/hooks'
import { busy, drawPair, samples, writeReport, written } from '../asking.ts'
import { ColumnCard, Legend } from '../column-card.tsx'
import { download, stemOf } from '../download.ts'
import { fail } from '../problem.ts'
import { model, table } from '../state.ts'
import type { SampleView } from '../worker/views.ts'
import { decimals, gradeOf, sayBounds } from '../yardsticks.ts'
import { Problem } from './problem.tsx'
import { Busy } from './rows-step.tsx'
import { SearchField } from './search-field.tsx'
import { ModelVerdicts } from './verdicts.tsx'

/** The report; then real next to synthetic, pair by pair and column by column. */
export function ReportStep() {
  return (
    <section id="look">
      <h2 tabIndex={-1}>See how good they are</h2>
      <ModelVerdicts />
      <Report />
      {samples.value ? (
        <Samples />
      ) : (
        <p class="quiet">Once you generate rows, they are shown here beside your file.</p>
      )}
    </section>
  )
}

/** How many columns are shown before one asks for all. */
const firstColumns = 12

function Samples() {
  const drawn = samples.value!
  const { columns } = table.value!
  const { meeting, before } = drawn
  const [search, setSearch] = useState('')
  const [hasAll, setHasAll] = useState(false)
  const matching = [...columns.entries()].filter(([, { column }]) =>
    column.name.toLowerCase().includes(search.trim().toLowerCase()),
  )
  const shown = hasAll ? matching : matching.slice(0, firstColumns)
  return (
    <>
      <Pairs drawn={drawn} />
      <h3>Each column</h3>
      <Legend
        of={[
          ['real', realOf(drawn)],
          ['samples', 'generated'],
          ...(before ? ([['before', 'generated without the condition']] as const) : []),
        ]}
      />
      {columns.length > firstColumns && (
        <SearchField id="search-samples" label="Search the columns" text={search} onText={setSearch} />
      )}
      <div class="cards">
        {shown.map(([d, view]) => (
          <ColumnCard
            key={view.column.name}
            view={view}
            drawn={{
              real: meeting?.shares[d] ?? view.real,
              samples: drawn.samples[d],
              before: before?.[d],
            }}
            yardstick={before ? undefined : drawn.yardsticks?.[d]}
          />
        ))}
      </div>
      {shown.length < matching.length && (
        <button type="button" class="small" onClick={() => setHasAll(true)}>
          Show all {matching.length} columns
        </button>
      )}
    </>
  )
}

/** How alike each pair of columns is, to click; next to real rows. */
function PairMatrix({
  of: { columns, pairs },
  chosen,
  onChoose,
}: {
  readonly of: Findings
  readonly chosen: readonly string[]
  readonly onChoose: (pair: readonly [string, string]) => void
}) {
  const names = columns.slice(0, maxMatrix).map(({ name }) => name)
  const pairOf = (a: string, b: string) =>
    pairs.find(({ columns }) => columns.includes(a) && columns.includes(b))
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keys
    <section class="scroll matrix" tabIndex={0} aria-label="Pairs of columns">
      <table>
        <thead>
          <tr>
            <td />
            {names.slice(0, -1).map((name) => (
              <th key={name} scope="col">
                <span>{name}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {names.slice(1).map((row, r) => (
            <tr key={row}>
              <th scope="row">{row}</th>
              {names.slice(0, r + 1).map((column) => {
                const pair = pairOf(row, column)
                if (!pair) return <td key={column} />
                const grade = gradeOf(pair.distance, pair.null)
                return (
                  <td key={column}>
                    <button
                      type="button"
                      class={`cell ${grade}`}
                      aria-pressed={chosen.includes(row) && chosen.includes(column)}
                      aria-label={`${column} and ${row}: ${grade}`}
                      title={`${column} and ${row}: ${decimals(pair.distance)} apart, real rows ${decimals(pair.null)}: ${grade}`}
                      onClick={() => onChoose([column, row])}
                    >
                      {decimals(1 - pair.distance)}
                    </button>
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** A matrix of more columns could not be looked at. */
const maxMatrix = 40

/** Two columns against each other. */
function Pairs({ drawn }: { readonly drawn: SampleView }) {
  const names = table
    .value!.columns.filter(({ column }) => !isGenerated(column))
    .map(({ column }) => column.name)
  const [across, setAcross] = useState(names[0]!)
  const [down, setDown] = useState(names[1] ?? names[0]!)
  const [svg, setSvg] = useState('')
  useEffect(() => {
    if (across === down || drawn.count === 0) return
    let isLatest = true
    drawPair(drawn.id, [across, down]).then(
      (picture) => isLatest && setSvg(picture),
      (error) => isLatest && fail('look', error),
    )
    return () => {
      isLatest = false
    }
  }, [across, down, drawn])
  if (names.length < 2) return null
  const menu = (label: string, value: string, set: (name: string) => void, other: string) => (
    <p class="field">
      <label for={`pair-${label}`}>{label}</label>
      <select id={`pair-${label}`} value={value} onChange={({ currentTarget }) => set(currentTarget.value)}>
        {names.map((name) => (
          <option key={name} value={name} disabled={name === other}>
            {name}
          </option>
        ))}
      </select>
    </p>
  )
  return (
    <div class="pairs">
      <h3>Two columns together</h3>
      {written.value && (
        <>
          <p class="quiet">
            How alike each pair is in your file and in the samples: 1 is the same. Choose one to see it.{' '}
            <span title={sayBounds()}>
              The colour says how that is beside other real rows: {sayBounds()}.
            </span>
          </p>
          <PairMatrix
            of={written.value.findings}
            chosen={[across, down]}
            onChoose={([x, y]) => {
              setAcross(x)
              setDown(y)
            }}
          />
        </>
      )}
      <Problem at="look" />
      <div class="fields">
        {menu('Across', across, setAcross, down)}
        {menu('Down', down, setDown, across)}
      </div>
      {/* biome-ignore lint/security/noDangerouslySetInnerHtml: Moonstep's own figure, in which all text of the table is escaped */}
      <div class="pair" dangerouslySetInnerHTML={{ __html: svg }} />
      <Legend
        of={[
          ['real', 'your file'],
          ['samples', 'generated'],
        ]}
      />
    </div>
  )
}

function Report() {
  const { rows } = model.value!
  const html = written.value?.html
  const save = async () => {
    if (!written.value) await writeReport()
    if (written.value) download(written.value.html, `${stemOf(table.value!.name)}-report.html`)
  }
  return (
    <div class="report">
      <p class="quiet">
        The report compares {counted(rows.train, 'sample')} with the {counted(rows.holdout, 'row')} that were
        set aside, and with the {counted(rows.train, 'row')} that the model learned: how alike they are, and
        what they give away.
      </p>
      <p class="actions">
        {!html && (
          <button type="button" class="main" disabled={busy.value !== undefined} onClick={writeReport}>
            Write the report
          </button>
        )}
        <button type="button" disabled={busy.value !== undefined} onClick={save}>
          Download report
        </button>
        <Busy what="report" />
      </p>
      <Problem at="report" />
      {html && <ReportFrame html={html} />}
    </div>
  )
}

/** The report as saved, in its full height. */
function ReportFrame({ html }: { readonly html: string }) {
  const frame = useRef<HTMLIFrameElement>(null)
  const [height, setHeight] = useState(600)
  const measure = () => {
    const root = frame.current?.contentDocument?.documentElement
    if (!root) return
    const observer = new ResizeObserver(() => setHeight(Math.ceil(root.getBoundingClientRect().height)))
    observer.observe(root)
  }
  return (
    <iframe
      ref={frame}
      title="The report"
      srcDoc={html}
      // scripts may not run, and it has none
      sandbox="allow-same-origin"
      style={{ '--height': `${height}px` }}
      onLoad={measure}
    />
  )
}

/** The real rows next to the samples. */
function realOf({ meeting, before }: SampleView): string {
  if (meeting) return `the ${counted(meeting.rows, 'row')} of your file with these values`
  return before ? 'your file, which has no such row' : 'your file'
}
