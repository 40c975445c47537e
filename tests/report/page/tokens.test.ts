import { expect, it } from 'vitest'
import { tokenSheet } from '../../../src/report/page/style.ts'

it('web/shared/tokens.css is the sheet of the report page; vitest -u writes it', async () => {
  const sheet = tokenSheet.replaceAll("'", '"')
  const note = '/* made from src/report/page/style.ts */\n'
  await expect(note + sheet).toMatchFileSnapshot('../../../web/shared/tokens.css')
})
