import { type Given, messageOf } from 'moonstep/web'
import type { ConditionView } from './views.ts'

/** What is wrong with a condition, and how many rows meet it, as `meeting` counts them. */
export function conditionView(given: Given, meeting: (given: Given) => number): ConditionView {
  const problems: Record<string, string> = {}
  for (const [name, value] of Object.entries(given)) {
    try {
      if (meeting({ [name]: value }) === 0) problems[name] = 'no row of your file has that'
    } catch (error) {
      problems[name] = messageOf(error)
    }
  }
  if (Object.keys(problems).length > 0) return { problems }
  try {
    return { problems, rows: meeting(given) }
  } catch (error) {
    // values that contradict each other
    return { problems: { [Object.keys(given).at(-1)!]: messageOf(error) } }
  }
}
