import { counted, isGenerated } from 'moonstep/web'
import { useEffect, useRef, useState } from 'preact/hooks'
import { busy, drawPair, reportHtml, samples, writeReport } from '../asking.ts'
import { ColumnCard, Legend, PreviewTable } from '../column-card.tsx'
import { download, stemOf } from '../download.ts'
import { fail, model, phase, table } from '../state.ts'
import type { SampleView } from '../worker/views.ts'
import { Busy } from './ask-section.tsx'

/** Real beside synthetic: column by column, pair by pair, and the report. */
export function LookSection() {
  if (!model.value || phase.value !== 'trained') return null
  return (
    <section id="look">
      <h2>See how good they are</h2>
      {samples.value ? <Samples /> : <p class="quiet">Generated rows are shown here beside your file.</p>}
      <Report />
    </section>
  )
}

function Samples() {
  const drawn = samples.value!
  const { columns } = table.value!
  const { meeting, before } = drawn
  return (
    <>
      <PreviewTable names={drawn.columns} cells={drawn.preview} title="Preview of the generated rows" />
      {drawn.warnings.map((warning) => (
        <p key={warning} class="problem">
          {warning}
        </p>
      ))}
      <Legend
        of={[
          ['real', realOf(drawn)],
          ['samples', 'generated'],
          ...(before ? ([['before', 'generated without the condition']] as const) : []),
        ]}
      />
      <div class="cards">
        {columns.map((view, d) => (
          <ColumnCard
            key={view.column.name}
            view={view}
            drawn={{
              real: meeting?.shares[d] ?? view.real,
              samples: drawn.samples[d],
              before: before?.[d],
            }}
          />
        ))}
      </div>
      <Pairs drawn={drawn} />
    </>
  )
}

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
    drawPair([across, down]).then((made) => isLatest && setSvg(made), fail)
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
  const html = reportHtml.value
  const save = async () => {
    if (!reportHtml.value) await writeReport()
    if (reportHtml.value) download(reportHtml.value, `${stemOf(table.value!.name)}-report.html`)
  }
  return (
    <div class="report">
      <h3>The report</h3>
      <p class="quiet">
        It compares {counted(rows.train, 'sample')} with the {counted(rows.holdout, 'row')} that were set
        aside, and with the {counted(rows.train, 'row')} that the model learned: how alike they are, and what
        they give away.
      </p>
      <p class="actions">
        {!html && (
          <button type="button" disabled={busy.value !== undefined} onClick={writeReport}>
            Write the report
          </button>
        )}
        <button type="button" disabled={busy.value !== undefined} onClick={save}>
          Download report
        </button>
        <Busy what="report" />
      </p>
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

/** The real rows beside the samples. */
function realOf({ meeting, before }: SampleView): string {
  if (meeting) return `the ${counted(meeting.rows, 'row')} of your file with these values`
  return before ? 'your file, which has no such row' : 'your file'
}
