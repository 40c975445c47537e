import { expect, it } from 'vitest'
import { latest } from '../../../web/src/latest.ts'

it('the next question is asked after one that failed', async () => {
  const asked: string[] = []
  let answered = () => {}
  const last = new Promise<void>((resolve) => {
    answered = resolve
  })
  const ask = latest(async (question: string) => {
    asked.push(question)
    if (question === 'of a model that is gone') throw new Error('there is no such model')
    answered()
  })
  ask('of a model that is gone')
  ask('of the new one')
  await last
  expect(asked).toEqual(['of a model that is gone', 'of the new one'])
})
