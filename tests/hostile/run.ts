/** Gives each hostile input to every surface that takes its kind. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { expect } from 'vitest'
import { loadDatabase as loadDatabaseInPage } from '../../src/browser/databases.ts'
import { loadModel as loadModelInPage } from '../../src/browser/load-model.ts'
import { readTable as readTableInPage } from '../../src/browser/read-table.ts'
import { checkRules } from '../../src/browser/rules.ts'
import { sourcesOf } from '../../src/browser/table-files.ts'
import { parseSchema } from '../../src/database/schema.ts'
import { readDatabase } from '../../src/database/stores/read.ts'
import { writeDatabase } from '../../src/database/stores/write.ts'
import { loadDatabase } from '../../src/node/databases.ts'
import { loadModel, sample } from '../../src/node/models.ts'
import { readTable } from '../../src/table/formats/read-table.ts'
import { givenFrom } from '../../src/table/given.ts'
import { moonstep } from '../helpers/cli.ts'
import type { HostileInput, Outcome, RequestInput } from './input.ts'

/** What became of an input: the error's message, if it was refused. */
export interface Answer {
  readonly refused?: string | undefined
  /** What else was said of it. */
  readonly notes?: readonly string[] | undefined
}

export interface Surface {
  readonly name: string
  readonly run: () => Promise<Answer>
}

/** The inputs of a kind, by their names. */
export async function inputsOf<K extends HostileInput['kind']>(
  kind: K,
): Promise<[name: string, input: Extract<HostileInput, { kind: K }>][]> {
  const folder = new URL(kind === 'address' ? 'addresses/' : `${kind}s/`, import.meta.url)
  const files = readdirSync(folder).sort()
  return Promise.all(
    files.map(async (file) => {
      const { default: input } = await import(`${folder.href}${file}`)
      return [file.replace('.ts', ''), input] as [string, Extract<HostileInput, { kind: K }>]
    }),
  )
}

async function answer(
  action: () => Promise<{ readonly notes?: readonly string[] }> | unknown,
): Promise<Answer> {
  try {
    const result = (await action()) as { readonly notes?: readonly string[] } | undefined
    return { notes: result?.notes }
  } catch (error) {
    // an error of another kind is a fault: its name shows it
    const { name, message } = error as Error
    return { refused: ['InputError', 'ChangedModelError'].includes(name) ? message : `${name}: ${message}` }
  }
}

/** A command line that has to be refused: its exit status, and its lines. */
async function commandLine(...line: string[]): Promise<Answer> {
  const { status, stderr } = await moonstep(...line)
  const lines = stderr.trimEnd().split('\n')
  const last = lines.at(-1) ?? ''
  return {
    refused: status === 2 ? last.replace(/^moonstep: /, '') : `exit ${status}: ${last}`,
    notes: lines.slice(0, -1),
  }
}

/** A place for files. */
export interface Place {
  at(name: string): string
  written(name: string, content: string | Uint8Array): string
}

/** The surfaces for an input; those of the command line only for what is refused, since it would go on to train. */
export function surfacesOf(input: Exclude<HostileInput, RequestInput>, { at, written }: Place): Surface[] {
  const isRefused = input.is !== 'read'
  const onCommandLine = (line: () => string[]): Surface[] =>
    isRefused ? [{ name: 'the command line', run: () => commandLine(...line()) }] : []
  const inNode = (action: () => unknown): Surface => ({ name: 'Node', run: () => answer(action) })
  const inPage = (action: () => unknown): Surface => ({ name: 'a page', run: () => answer(action) })
  switch (input.kind) {
    case 'table': {
      const content = input.content()
      const path = written(input.file, content)
      return [
        inNode(() => readTable('dataset', path)),
        inPage(() => readTableInPage(new File([content as BlobPart], input.file))),
        ...onCommandLine(() => ['train', '--dataset', path, '--steps', '1', '--out', at('run')]),
      ]
    }
    case 'condition': {
      const text = input.text()
      return [
        inNode(async () => {
          await using model = await loadModel('models/penguins/model.onnx', { provider: 'reference' })
          await sample(model, { count: 1, given: givenFrom([text]) })
        }),
        ...onCommandLine(() => ['sample', 'models/penguins/model.onnx', '-n', '1', '--given', text]),
      ]
    }
    case 'rule': {
      const text = input.text()
      const table = written(
        'rows.csv',
        `a,b\n${Array.from({ length: 20 }, (_, i) => `${i % 5}.5,${(i % 5) + 1}.5`).join('\n')}\n`,
      )
      return [
        inPage(async () => checkRules([text], await readTable(undefined, table))),
        ...onCommandLine(() => [
          'train',
          '--dataset',
          table,
          '--rule',
          text,
          '--steps',
          '1',
          '--out',
          at('run'),
        ]),
      ]
    }
    case 'schema': {
      const content = input.content()
      const path = written('schema.json', content)
      const folder = at('tables')
      mkdirSync(folder, { recursive: true })
      for (const table of ['a', 'b']) written(`tables/${table}.csv`, 'x,y\n1,2\n3,4\n')
      return [
        inNode(() => parseSchema(content, 'schema.json')),
        ...onCommandLine(() => ['train', '--dataset', folder, '--schema', path, '--out', at('run')]),
      ]
    }
    case 'source': {
      const path = at(input.file)
      const inNodeOnce = inNode(async () => {
        for (const file of [path, at('target.sqlite')]) rmSync(file, { force: true })
        await input.make(path)
        if (input.isLike) await writeDatabase(at('target.sqlite'), await readDatabase(path), { source: path })
        else await readDatabase(path)
      })
      return [inNodeOnce, ...(input.isLike ? [] : onCommandLine(() => ['schema', path]))]
    }
    case 'address': {
      const { address } = input
      return [inNode(() => readDatabase(address)), ...onCommandLine(() => ['schema', address])]
    }
    case 'database': {
      const content = input.content()
      const path = written('shop.moonstep', content)
      return [
        inNode(() => loadDatabase(path)),
        inPage(() => loadDatabaseInPage(content)),
        ...onCommandLine(() => ['sample', path, '--out', at('rows')]),
      ]
    }
    case 'zip':
      return [inPage(() => sourcesOf([new File([input.content() as BlobPart], 'tables.zip')]))]
    case 'model': {
      const content = input.content()
      const path = written('model.onnx', content)
      return [
        inNode(() => loadModel(path)),
        inPage(() => loadModelInPage(content)),
        ...onCommandLine(() => ['info', path]),
      ]
    }
  }
}

/** Expects the answer that an input must have: what is said is in lines of a readable length, with no character that a terminal obeys. */
export function expectAnswer({ refused, notes = [] }: Answer, is: Outcome): void {
  if (is === 'read') expect(refused).toBeUndefined()
  else expect(refused).toMatch(is)
  for (const line of [refused ?? '', ...notes]) {
    expect(line).not.toMatch(/[\p{C}\u2028\u2029]/u)
    expect(line.length).toBeLessThan(mostSaid)
    expect(line).not.toMatch(/^(Range|Type|Syntax)?Error\b|undefined|NaN|\[object/)
  }
}

/** A line of more characters is not one that people read. */
const mostSaid = 2000
