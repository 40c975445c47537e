import type { Lesson } from '../lesson.ts'
import { element } from '../page.ts'
import type { Player } from '../player.ts'

/** Offers the samples as a CSV file, and the current figure as a picture. */
export function offerSaves({ worker, trajectory, problem }: Lesson, { last }: Player): void {
  element('save-csv').addEventListener('click', async () => {
    const { states } = trajectory.peek()
    const samples = states[last.peek()]
    if (!samples) problem.value = 'The samples are still being computed: save them in a moment.'
    else save('samples.csv', new Blob([await worker.csv(samples.points)], { type: 'text/csv' }))
  })
  element('save-png').addEventListener('click', () =>
    element<HTMLCanvasElement>('reverse-figure').toBlob((picture) => {
      if (picture) save('samples.png', picture)
    }),
  )
}

/** Downloads a file to the reader's device. */
export function save(name: string, content: Blob): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = name
  link.click()
  // only after the browser has started to read it
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
