import { signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'

/** A question before something is lost. */
interface Question {
  readonly title: string
  readonly text: string
  readonly yes: string
  readonly no: string
}

const asked = signal<Question & { answer(agrees: boolean): void }>()

/** Asks the user; false if they close the question. */
export function confirmed(question: Question): Promise<boolean> {
  asked.value?.answer(false)
  return new Promise((resolve) => {
    const answer = (agrees: boolean) => {
      asked.value = undefined
      resolve(agrees)
    }
    asked.value = { ...question, answer }
  })
}

export function Confirmation() {
  return asked.value ? <Dialog key={asked.value.title} {...asked.value} /> : null
}

function Dialog({ title, text, yes, no, answer }: NonNullable<typeof asked.value>) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog ref={dialog} aria-labelledby="question" onClose={() => answer(false)}>
      <h2 id="question">{title}</h2>
      <p>{text}</p>
      <p class="actions">
        <button type="button" class="main" onClick={() => answer(true)}>
          {yes}
        </button>
        <button type="button" onClick={() => answer(false)}>
          {no}
        </button>
      </p>
    </dialog>
  )
}
