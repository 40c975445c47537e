import { phase } from '../state.ts'
import { pause } from '../training-run.ts'

/** The one button that begins a training, or pauses it, or goes on. */
export function TrainButtons({
  isOffered,
  isAgain,
  onTrain,
  onGoOn,
}: {
  /** Whether there is something to train. */
  readonly isOffered: boolean
  /** Whether it was trained before. */
  readonly isAgain: boolean
  readonly onTrain: () => void
  readonly onGoOn: () => void
}) {
  const at = phase.value
  if (at === 'training')
    return (
      <button type="button" class="main" onClick={pause}>
        Pause
      </button>
    )
  if (at === 'paused')
    return (
      <button type="button" class="main" onClick={onGoOn}>
        Continue
      </button>
    )
  if (!isOffered) return null
  return (
    <button type="button" class="main" disabled={at !== 'read' && at !== 'trained'} onClick={onTrain}>
      {isAgain ? 'Train again' : 'Start training'}
    </button>
  )
}
