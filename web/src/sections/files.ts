import { effect } from '@preact/signals-core'
import type { Lesson } from '../lesson.ts'
import { element, showText } from '../page.ts'

/** Takes files that are chosen, or dropped anywhere on the page. */
export function takeFiles(lesson: Lesson, open: (files: readonly File[]) => Promise<void>): void {
  const { body } = document
  const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files')
  addEventListener('dragover', (event) => {
    if (!carriesFiles(event)) return
    event.preventDefault()
    body.classList.add('dropping')
  })
  addEventListener('dragleave', (event) => {
    // the pointer has left the window, not just an element in it
    if (!event.relatedTarget) body.classList.remove('dropping')
  })
  addEventListener('drop', (event) => {
    if (!carriesFiles(event)) return
    event.preventDefault()
    body.classList.remove('dropping')
    open([...event.dataTransfer!.files])
  })
  const input = element<HTMLInputElement>('files')
  input.addEventListener('change', async () => {
    await open([...(input.files ?? [])])
    // lets the reader choose the same file again once it is fixed
    input.value = ''
  })
  const problem = element('problem')
  effect(() => {
    if (lesson.problem.value) problem.scrollIntoView({ block: 'nearest' })
  })
  showText('own-status', () => `Shown: ${lesson.subject.value.label}.`)
}
