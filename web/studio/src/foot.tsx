import { samples } from './asking.ts'
import { problem, status } from './problem.ts'
import { isOpen, isOpenModel, phase, several, undo } from './state.ts'
import { go, type Step, step, steps } from './steps.ts'

/** What goes on, or what is wrong; the way back; and the next step: always in view. */
export function Foot() {
  const next = nextStep()
  const back = undo.value
  return (
    <div class="status">
      <div>
        <p role="status">{status.value}</p>
        {problem.value && (
          // read out next to its control
          <p class="problem-foot" aria-hidden="true">
            {problem.value.text}
          </p>
        )}
        {back && phase.value === 'read' && (
          <button type="button" class="small" onClick={() => back.act()}>
            {back.label}
          </button>
        )}
        {next && (
          <button type="button" class={next.isMain ? 'main' : undefined} onClick={() => go(next.to)}>
            Next: {steps[next.to].toLowerCase()}
          </button>
        )}
      </div>
    </div>
  )
}

/** The step that follows, if it has something to show; the main button where this step has nothing left to do. */
function nextStep(): { readonly to: Step; readonly isMain: boolean } | undefined {
  if (!isOpen() || phase.value === 'reading' || phase.value === 'opening') return undefined
  switch (step.value) {
    case 'data':
      return { to: 'train', isMain: true }
    case 'train':
      return isOpenModel() ? { to: 'rows', isMain: true } : undefined
    case 'rows':
      return several.value
        ? { to: 'take', isMain: several.value.hasSamples.value }
        : { to: 'report', isMain: samples.value !== undefined }
    case 'report':
      return { to: 'take', isMain: false }
    case 'take':
      return undefined
  }
}
