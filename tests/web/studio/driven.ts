import type { DrivenPage } from '../element/driven-page.ts'

/** Waits in a page until an expression holds; throws with what the page says went wrong, unless that is expected. */
export async function until(
  page: DrivenPage,
  condition: string,
  seconds = 110,
  expectsProblem = false,
): Promise<void> {
  // a driver waits for an expression for a minute at most
  const expression = `(async () => {
    for (let wait = 0; wait < 50; wait++) {
      const problem = document.querySelector('.problem')
      if (problem && !${expectsProblem}) return problem.textContent
      if (${condition}) return 'done'
      await new Promise((later) => setTimeout(later, 100))
    }
    return 'waiting'
  })()`
  for (let wait = 0; wait < seconds / 5; wait++) {
    const answer = await page.evaluate<string>(expression)
    if (answer === 'done') return
    if (answer !== 'waiting') throw new Error(answer)
  }
  throw new Error(`not within ${seconds} s: ${condition}`)
}

/** An expression for the button that begins with a name, once it can be pressed. */
export const button = (name: string) =>
  `[...document.querySelectorAll('button')].find((each) => each.textContent.startsWith(${JSON.stringify(name)}) && !each.disabled)`
