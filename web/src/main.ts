import { effect } from '@preact/signals-core'
import { keepAddress } from './address.ts'
import { createLesson } from './lesson.ts'
import { committedModels } from './models.ts'
import { showText } from './page.ts'
import { createPlayer } from './player.ts'
import { showClouds } from './sections/clouds.ts'
import { takeFiles } from './sections/files.ts'
import { showReverse } from './sections/reverse.ts'
import { readView } from './view.ts'

const names = committedModels.map(({ name }) => name)
const { view, complaints } = readView(location.search, names)
const lesson = createLesson(view)
const player = createPlayer(view, lesson)
showText('problem', () => [...complaints, lesson.problem.value].filter(Boolean).join('\n'))
showClouds(view, lesson)
showReverse(view, lesson, player)
keepAddress(view, names)
// text that is only of what this model guesses
effect(() => {
  document.body.dataset.learns = lesson.subject.value.learns
})
// from the start, because a browser navigates to a dropped file that nobody handles
takeFiles(lesson)

/** Loads the rest of the page once its beginning is moving, or has failed. */
let begun = false
effect(() => {
  if (begun || (lesson.walk.value.states.length < 2 && !lesson.problem.value)) return
  begun = true
  import('./later.ts').then(({ showLater }) => showLater(view, lesson, player))
})
