import { effect } from '@preact/signals-core'
import { messageOf } from '../../src/core/errors.ts'
import { keepAddress } from './address.ts'
import { createLesson } from './lesson.ts'
import { committedModels } from './models.ts'
import { showText } from './page.ts'
import { createPlayer } from './player.ts'
import { showClouds } from './sections/clouds.ts'
import { takeFiles } from './sections/files.ts'
import { showReverse } from './sections/reverse.ts'
import { readView } from './view.ts'

/** The part of the page that its first points don't wait for. */
const later = () => import('./later.ts')

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
takeFiles(lesson, (files) =>
  later().then(
    ({ openOwnFiles }) => openOwnFiles(files, view, lesson),
    (error) => {
      lesson.problem.value = messageOf(error)
    },
  ),
)

/** Loads the rest of the page once its beginning is moving, or has failed. */
let begun = false
effect(() => {
  if (begun || (lesson.trajectory.value.states.length < 2 && !lesson.problem.value)) return
  begun = true
  later().then(({ showLater }) => showLater(view, lesson, player))
})
