import { defineConfig } from 'vitest/config'
import {
  BaseSequencer,
  type Reporter,
  type TestModule,
  type TestSpecification,
  type Vitest,
} from 'vitest/node'

/** What the build makes: the package, the scripts, the server, and the docs that use them. */
const built = ['tests/{docs,package,property,scripts}/**/*.test.ts', 'tests/serve/running/*.test.ts']
/** What needs browsers, Python, a cluster or a GPU, starts the command line as a program, or takes long. */
const slow = [
  'tests/{chromium,cluster,cuda,python,web}/**/*.test.ts',
  'tests/cli/running/*.test.ts',
  'tests/**/*.slow.test.ts',
]

/**
 * What registers samplers, providers or languages for its whole process, needs that nothing did, or tests a runtime whose
 * first settings count for the process.
 */
const alone = [
  'tests/diffusion/samplers.test.ts',
  'tests/foreign/inputs.test.ts',
  'tests/infer/{generated,providers,tensorflow,wasm}.test.ts',
  'tests/train/{rare-names,tensorflow}.test.ts',
]

/** The same of the slow ones. */
const slowAlone = ['tests/compare/parity.slow.test.ts', 'tests/infer/{memory,webgpu}.slow.test.ts']

const common = {
  pool: 'forks',
  testTimeout: 120_000,
  hookTimeout: 120_000,
  // vitest's own second is short for a machine that is busy; what is waited for ends a poll at once
  expect: { poll: { timeout: 30_000 } },
} as const

/** Short files of long suites, which vitest would begin last in a fresh clone, where it goes by their size. */
const longSuites = /\/(docs\/(how-to|tutorial)|chromium\/conformance|hostile\/linear|learned\/schemas)\b/

/** Long files begun last would leave one worker idle. */
class LongFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const placeOf = ({ project, moduleId }: TestSpecification) =>
      project.name.startsWith('slow') ? (longSuites.test(moduleId) ? 0 : 1) : 2
    return sorted.toSorted((a, b) => placeOf(a) - placeOf(b))
  }
}

/** Ends a run by its slowest twenty tests, or, without the slow ones, by saying that they were left out. */
class LastWords implements Reporter {
  #vitest!: Vitest
  onInit(vitest: Vitest): void {
    this.#vitest = vitest
  }
  onTestRunEnd(modules: readonly TestModule[]): void {
    const { logger, projects } = this.#vitest
    if (!projects.some(({ name }) => name === 'slow')) {
      logger.log(
        'Left out: tests that need browsers, Python, a cluster or a GPU, that start programs, or that take long. npm run test:all runs them too.',
      )
      return
    }
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const timed = tests.map((test) => ({ test, seconds: (test.diagnostic()?.duration ?? 0) / 1000 }))
    const slowest = timed.sort((a, b) => b.seconds - a.seconds).slice(0, 20)
    logger.log('The slowest twenty tests, in seconds:')
    for (const { test, seconds } of slowest)
      logger.log(`${seconds.toFixed(1).padStart(7)}  ${test.module.relativeModuleId} > ${test.fullName}`)
  }
}

export default defineConfig({
  test: {
    globalSetup: 'tests/helpers/global-setup.ts',
    // vitest would leave a core of two unused; much of a test is waiting for processes and browsers
    maxWorkers: 2,
    // what was compiled by the last run
    experimental: { fsModuleCache: true },
    sequence: { sequencer: LongFilesFirst },
    // of what runs in the tests' processes: it sees no program that they start, and no browser
    coverage: {
      include: ['src/**/*.ts'],
      // AssemblyScript, which the tests see as WASM
      exclude: ['src/**/assembly/**'],
      reporter: ['text-summary', 'html'],
      thresholds: { lines: 85, branches: 80 },
    },
    reporters: ['default', new LastWords()],
    projects: [
      // files share a process and what it has loaded, which halves their time
      {
        test: {
          ...common,
          name: 'fast',
          include: ['tests/**/*.test.ts'],
          exclude: [...alone, ...built, ...slow],
          isolate: false,
        },
      },
      { test: { ...common, name: 'fast-alone', include: alone, exclude: slow } },
      { test: { ...common, name: 'built', include: built, exclude: slow } },
      // Python's threads wait for each other in loops, for long where other tests have the cores
      {
        test: {
          ...common,
          name: 'slow',
          include: slow,
          exclude: slowAlone,
          // where the environment forbids it, each Python would compile torch and the like anew, for seconds
          env: { OMP_NUM_THREADS: '1', PYTHONDONTWRITEBYTECODE: '' },
          isolate: false,
        },
      },
      { test: { ...common, name: 'slow-alone', include: slowAlone } },
    ],
  },
})
