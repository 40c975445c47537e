import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files that take minutes: begun last, they would leave one worker idle. */
const long = /tests\/(compare\/parity|web\/element|web\/lesson|web\/studio|serve\/running|docs|cli)/

class LongFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const [first, rest] = [true, false].map((isLong) =>
      sorted.filter(({ moduleId }) => long.test(moduleId) === isLong),
    )
    return [...first!, ...rest!]
  }
}

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: 'tests/helpers/global-setup.ts',
    pool: 'forks',
    // vitest would leave a core of two unused; much of a test is waiting for processes and browsers
    maxWorkers: 2,
    sequence: { sequencer: LongFilesFirst },
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
