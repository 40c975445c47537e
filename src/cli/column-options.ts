/** Kinds and rules of columns as the command line takes them. */
import { readFileSync } from 'node:fs'
import { InputError, messageOf } from '../core/errors.ts'
import { parseJson } from '../model/parse.ts'
import { columnTypes } from '../table/table.ts'
import type { TrainRequest } from '../train/options.ts'

/** The rules of --rule and of the file of --rules. Throws InputError on a file that is no list of texts. */
export function rulesOf(
  stated: readonly string[] | undefined,
  file: string | undefined,
): string[] | undefined {
  if (stated === undefined && file === undefined) return undefined
  return [...(stated ?? []), ...(file === undefined ? [] : rulesIn(file))]
}

function rulesIn(file: string): string[] {
  const remedy = 'give a list of rules, such as ["start <= end", "unique(email)"]'
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    const problem = isMissing ? `there is no file ${file}` : `cannot read ${file}: ${messageOf(error)}`
    throw new InputError(`${problem}: ${remedy}`, isMissing ? 'not-found' : 'cannot-read', {
      option: 'rules',
      value: file,
    })
  }
  const rules = parseJson(text, file)
  if (Array.isArray(rules) && rules.every((rule) => typeof rule === 'string')) return rules
  throw new InputError(`${file}: ${remedy}`, 'bad-data', { option: 'rules', value: file })
}

/** 'zip=category,id=key' as kinds by column. A name may contain a comma if no pair follows it. */
export function typesOf(text: string | undefined): TrainRequest['types'] {
  if (text === undefined) return undefined
  const pairs: [string, string][] = []
  let name = ''
  const parts = text.split(',')
  for (const [i, part] of parts.entries()) {
    name += name ? `,${part}` : part
    if (!name.includes('=')) continue
    // so may a regular expression
    const [, expression] = /=\s*(\/.*)$/s.exec(name) ?? []
    if (expression !== undefined) {
      if (!/^\/.+\/$/s.test(expression.trim())) continue
      pairs.push([name.slice(0, name.indexOf('=')).trim(), expression.trim()])
      name = ''
      continue
    }
    // a kind may have a comma, as number:1,234.5 has
    const joined = `${name.slice(name.lastIndexOf('=') + 1)},${parts[i + 1]}`.trim()
    if (columnTypes.some((type) => type === joined)) continue
    const cut = name.lastIndexOf('=')
    pairs.push([name.slice(0, cut).trim(), name.slice(cut + 1).trim()])
    name = ''
  }
  if (name || pairs.some(([column, kind]) => !column || !kind))
    throw new InputError(`--types ${text}: give kinds by column, such as zip=category,id=key`, 'wrong-type')
  return Object.fromEntries(pairs) as TrainRequest['types']
}
