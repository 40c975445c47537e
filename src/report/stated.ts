import { counted } from '../core/format.ts'
import { describeMaker } from '../table/describe.ts'
import type { Encoding } from '../table/encodings/encoding.ts'
import { matchShared } from '../table/match-columns.ts'
import { columnsOf, describeRule, ruleTest } from '../table/rules/index.ts'
import { isGenerated, type NamedTable, namesOf } from '../table/table.ts'

/** A column that is generated for each row, not learned: no distance is measured of it. */
export interface GeneratedColumn {
  readonly name: string
  /** How it is generated, as in `key, 101 and on`. */
  readonly made: string
}

export function generatedColumns({ columns }: Encoding): GeneratedColumn[] {
  return columns.filter(isGenerated).map((column) => ({ name: column.name, made: describeMaker(column) }))
}

/** How many samples hold a rule. */
export interface HeldRule {
  readonly rule: string
  readonly samples: number
  readonly rows: number
  readonly sentence: string
}

/** The model's rules in the samples; without those whose columns the samples lack, or that are about rows together. */
export function heldRules({ columns, rules = [] }: Encoding, samples: NamedTable): HeldRule[] {
  const names = namesOf(samples)
  return rules.flatMap((rule): HeldRule[] => {
    const wanted = columnsOf(rule)
    if (rule.kind === 'unique' || wanted.some((name) => !names.includes(name))) return []
    const ruled = matchShared(
      samples,
      columns.filter(({ name }) => wanted.includes(name)),
    )
    const isMet = ruleTest(rule, ruled)
    let held = 0
    const { count } = samples
    const cells = ruled.map((column) => column.cells)
    for (let i = 0; i < count; i++) if (isMet(cells, i)) held++
    const text = describeRule(rule)
    const sentence =
      held === count
        ? `Every sample holds the rule ${text}.`
        : `${counted(count - held, 'sample')} of ${count} ${count - held === 1 ? 'breaks' : 'break'} the rule ${text}.`
    return [{ rule: text, samples: held, rows: count, sentence }]
  })
}

export function sentencesOf(items: readonly { readonly sentence: string }[]): string[] {
  return items.map(({ sentence }) => sentence)
}

export function generatedSentence(generated: readonly GeneratedColumn[]): string {
  const listed = generated.map(({ name, made }) => `${name} (${made})`)
  return `These columns are made for each row, not learned, and nothing here measures them: ${listed.join('; ')}.`
}
