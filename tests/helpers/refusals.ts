import { expect } from 'vitest'
import { InputError } from '../../src/core/errors.ts'

/** Expects that an action throws an InputError whose message is one line, and contains or matches what is given. */
export function expectRefused(action: () => unknown, message: string | RegExp): void {
  let error: unknown
  try {
    action()
  } catch (thrown) {
    error = thrown
  }
  expectInputError(error, message)
}

/** The same of an action that may throw at once or later. */
export async function expectRejected(action: () => unknown, message: string | RegExp): Promise<void> {
  let error: unknown
  try {
    await action()
  } catch (thrown) {
    error = thrown
  }
  expectInputError(error, message)
}

function expectInputError(error: unknown, message: string | RegExp): void {
  expect(error, 'what is thrown').toBeInstanceOf(InputError)
  const refused = (error as InputError).message
  expect(refused).toMatch(message)
  expect(refused).not.toContain('\n')
}
