import type { Lesson } from './lesson.ts'
import { element } from './page.ts'
import type { Player } from './player.ts'
import { showDigits } from './sections/digits.ts'
import closedDigits from './sections/digits-closed.html?raw'
import { showDistance } from './sections/distance.ts'
import { showField } from './sections/field.ts'
import { showGuess } from './sections/guess.ts'
import { showLoss } from './sections/loss.ts'
import { showParity } from './sections/parity.ts'
import { offerSaves } from './sections/saves.ts'
import { showSchedules } from './sections/schedules.ts'
import { showStudent } from './sections/student.ts'
import { showTraining } from './sections/training.ts'
import type { ViewSignals } from './view.ts'

export { openOwnFiles } from './own-files.ts'

/** Shows the sections below the first, and what the reader can do with the samples. */
export function showLater(view: ViewSignals, lesson: Lesson, player: Player): void {
  showDistance(view, lesson, player)
  offerSaves(lesson, player)
  showField(view, lesson)
  showGuess(view, lesson)
  showParity(view, lesson)
  showSchedules(view, lesson)
  showStudent(view, lesson)
  showLoss(lesson)
  showTraining(view, lesson)
  element('digits-open').innerHTML = closedDigits
  element('digits-start').addEventListener('click', showDigits, { once: true })
}
