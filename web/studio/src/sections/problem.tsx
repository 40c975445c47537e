import { kindToTry } from 'moonstep/web'
import { useEffect, useRef } from 'preact/hooks'
import { leftOutIn } from '../advice.ts'
import { type Place, problem } from '../problem.ts'
import { mend } from '../reading.ts'
import { typeName } from './kind-menu.tsx'

/** The last problem, if it is of this place: read out, scrolled into view, with its remedies. */
export function Problem({ at }: { readonly at: Place }) {
  const here = problem.value?.at === at ? problem.value : undefined
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (here) box.current?.scrollIntoView({ block: 'nearest' })
  }, [here])
  return (
    <div role="alert" class="problem-place" ref={box}>
      {here && <p class="problem">{here.text}</p>}
      {here && (at === 'file' || at === 'columns') && <Remedies message={here.message} />}
    </div>
  )
}

/** Other kinds of a column that would let the file be read. */
function Remedies({ message }: { readonly message: string }) {
  const remedy = kindToTry(message) ?? leftOutIn(message)
  if (!remedy) return null
  return (
    <p class="actions">
      {remedy.kinds.map((kind) => (
        <button key={kind} type="button" class="small" onClick={() => mend(remedy.name, kind)}>
          Take {remedy.name} as {typeName(kind)}
        </button>
      ))}
      <button type="button" class="small" onClick={() => mend(remedy.name, 'drop')}>
        Leave {remedy.name} out
      </button>
    </p>
  )
}
