import type { DrivenPage } from '../element/driven-page.ts'
import { filesChosen } from './visitor.ts'

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
  const shown = await page.evaluate<string>('document.body.innerText')
  throw new Error(`not within ${seconds} s: ${condition}; the page says: ${shown}`)
}

/** An expression for the button that begins with a name, once it can be pressed. */
export const button = (name: string) =>
  `[...document.querySelectorAll('button')].find((each) => each.textContent.startsWith(${JSON.stringify(name)}) && !each.disabled)`

/** What someone does with a page, in any browser. */
export function handsOn(page: () => DrivenPage) {
  const run = (expression: string) => page().evaluate(`(() => { ${expression}; return 'done' })()`)
  return {
    click: (name: string) => run(`${button(name)}.click()`),
    clickOn: (selector: string) => run(`document.querySelector(${JSON.stringify(selector)}).click()`),
    text: (selector: string) =>
      page().evaluate<string>(`document.querySelector(${JSON.stringify(selector)})?.textContent ?? ''`),
    count: (selector: string) =>
      page().evaluate<number>(`document.querySelectorAll(${JSON.stringify(selector)}).length`),
    /** The verdicts that are shown above a button which can be pressed. */
    verdictsAbove: (name: string) =>
      page().evaluate<string[]>(`(() => {
        const button = ${button(name)}
        const isAbove = (each) => each.compareDocumentPosition(button) & Node.DOCUMENT_POSITION_FOLLOWING
        return [...document.querySelectorAll('.verdict')].filter((each) => each.getClientRects().length > 0 && isAbove(each)).map(({ textContent }) => textContent)
      })()`),
    /** Chooses files, by their names. */
    choose: (files: Readonly<Record<string, string | Uint8Array>>, label = 'Table') => {
      const encoded = Object.entries(files).map(([name, content]) => [
        name,
        Buffer.from(content).toString('base64'),
      ])
      return run(filesChosen(label, Object.fromEntries(encoded)))
    },
    /** Chooses the entry of a menu that begins with a text. */
    select: (id: string, entry: string) =>
      run(`const menu = document.getElementById(${JSON.stringify(id)})
        menu.value = [...menu.options].find(({ textContent }) => textContent.startsWith(${JSON.stringify(entry)})).value
        menu.dispatchEvent(new Event('change', { bubbles: true }))`),
    type: (selector: string, text: string) =>
      run(`const field = document.querySelector(${JSON.stringify(selector)})
        field.value = ${JSON.stringify(text)}
        field.dispatchEvent(new Event('input', { bubbles: true }))`),
  }
}
