import type { Encoding } from '../table/encodings/encoding.ts'
import { describeRule, fitRules } from '../table/rules/index.ts'
import { parseRules } from '../table/rules/parse.ts'
import { type NamedTable, namesOf } from '../table/table.ts'

export { describeRule }

/**
 * Checks rules on the rows that a model is to learn, as `train` does, so that a page can say at once what is wrong with one.
 *
 * @param rules - As `train` takes them, such as `start <= end`.
 * @param table - The rows.
 * @throws InputError on a rule that can't be read, is about a column that is not there or can't have it, or that rows break.
 * @example
 * checkRules(['start <= end', 'unique(email)'], people)
 */
export function checkRules(rules: readonly string[], table: NamedTable): void {
  fitRules(parseRules(rules, namesOf(table)), table)
}

/**
 * The rules of a model, as a user states them.
 *
 * @param encoding - The model's encoding, such as that of `readRun`.
 * @returns The rules, such as `start <= end`.
 * @example
 * rulesOf((await readRun(store)).encoding)
 */
export function rulesOf({ rules = [] }: Encoding): string[] {
  return rules.map(describeRule)
}
