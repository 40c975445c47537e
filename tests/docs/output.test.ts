import { expect, it } from 'vitest'
import { blocksOf } from './blocks.ts'
import { departure } from './output.ts'

it('an output is compared byte for byte, or its words exactly and its numbers within a bound', () => {
  expect(departure('a 1.0 \n', 'a 1.0')).toBeUndefined()
  expect(departure('a 1.00', 'a 1.0')).toContain('a 1.00')
  expect(departure('ratio   4.9', 'ratio 4.0', 0.25)).toBeUndefined()
  expect(departure('ratio 5.1', 'ratio 4.0', 0.25)).toContain('5.1 is not within 0.25 of 4')
  expect(departure('ratio NaN', 'ratio 4.0', 0.25)).toContain('other words')
  expect(departure('ratio 4.0 2', 'ratio 4.0', 0.25)).toContain('other words')
  expect(departure('1e-6', '2e-4', 0.25)).toBeUndefined()
  expect(departure('0.03', '2e-4', 0.25)).toContain('0.03 is not within')
  expect(departure('1', '1', Number.NaN)).toContain('no tolerance')
})

it.each([
  ['an indented block', 'words\n\n    npx moonstep\n', /line 3: an indented block/],
  ['a block of no language', '```\nnpx moonstep\n```\n', /line 1: a block of ''/],
  ['a block that nothing runs', '# Title\n\n```html\n<p>\n```\n', /line 3: nothing runs a block of html/],
  ['a block in a list', '- step\n\n  ```sh\n  ls\n  ```\n', /line 1: a block of code within a list/],
  ['an unknown marker', '```sh skip\nls\n```\n', /the marker skip is none/],
  ['an output of nothing', '```text output\nls\n```\n', /an output without a block before it/],
])('refuses %s, which would go untested', (_, markdown, message) => {
  expect(() => blocksOf(markdown, 'page.md')).toThrow(message)
})

it('finds blocks with their lines and markers', () => {
  const blocks = blocksOf(
    '# A\n\n```sh needs=torch\nls\n```\n\nwords\n\n```text output within=0.5\n1\n```\n',
    '',
  )
  expect(blocks).toMatchObject([
    { line: 3, language: 'sh', text: 'ls', needs: 'torch', isOutput: false },
    { line: 9, language: 'text', text: '1', within: 0.5, isOutput: true },
  ])
})
