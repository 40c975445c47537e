import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { givenFrom } from '../../../src/table/given.ts'
import { type Asked, codeOf, commandsOf, word } from '../../../web/studio/src/commands.ts'

const asked = (over: Partial<Asked> = {}, notes: Partial<Asked['notes']> = {}): Asked => ({
  notes: {
    ...{ name: 'shop.csv', file: 'shop.csv', rows: 100, columns: 3, begun: 0 },
    ...{ choice: {}, leftOut: [], steps: [100], isDone: true },
    ...notes,
  },
  count: 10,
  seed: 7,
  given: {},
  form: '.csv',
  reportSeed: 7,
  ...over,
})

/** The words after an option, as a shell would pass them. */
function wordsAfter(option: string, commands: string): string[] {
  const pattern = new RegExp(`${option} ('(?:[^']|'\\\\'')*'|\\S+)`, 'g')
  return [...commands.matchAll(pattern)].map(([, word]) =>
    word!.startsWith("'") ? word!.slice(1, -1).replaceAll("'\\''", "'") : word!,
  )
}

describe('the commands that the studio shows', () => {
  it('state rules, forms and methods in the quotes of a shell', () => {
    const rules = ['start <= end', 'if state = \'on hold\' then "due day" is set']
    const types = { code: '/AB-\\d{4}/', name: 'person.lastName:de' } as const
    const commands = commandsOf(asked({}, { rules, choice: { types } }))
    expect(wordsAfter('--rule', commands)).toEqual(rules)
    expect(wordsAfter('--types', commands)).toEqual(['code=/AB-\\d{4}/,name=person.lastName:de'])
    const code = codeOf(asked({}, { rules, choice: { types } }), 'node')
    expect(code).toContain(`rules: ${JSON.stringify(rules)}`)
    expect(code).toContain(`types: ${JSON.stringify(types)}`)
  })

  it('hold no character that a terminal would obey, or that reorders the text around it', () => {
    const hostile = `it's \u001b[201~\u0003rm -rf ~\n\u202e \\n \u{e0041}`
    const controls = /[^\P{C}\n]/u
    const types = { [hostile]: 'number' } as const
    const of = asked({ given: { [hostile]: 'x' } }, { file: `${hostile}.csv`, choice: { types } })
    const commands = commandsOf(of)
    expect(commands).not.toMatch(controls)
    expect(commands.split('\n')).toHaveLength(4)
    const said = spawnSync('bash', ['-c', `printf %s ${word(hostile)}`], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
    })
    expect(said.stdout).toBe(hostile)
    for (const where of ['node', 'page'] as const) {
      const code = codeOf(of, where)
      expect(code).not.toMatch(controls)
      const [, json] = /types: (\{.*?\})/.exec(code)!
      expect(JSON.parse(json!)).toEqual(types)
    }
  })

  it('have conditions that the command line reads as the page meant them', () => {
    const given = {
      sex: 'female',
      cabin: null,
      age: { from: '65' },
      fare: { to: '20.5' },
      joined: { from: '2020-01-01', to: '2020-12-31' },
      state: { in: ['CA', 'NY'] },
      city: { in: ["St. John's", 'Washington, D.C.', 'The "Rock"', '>50K'] },
      'height in cm': { from: '1', to: '2' },
      'a=b': '"quoted"',
    }
    const commands = commandsOf(asked({ given }))
    expect(givenFrom(wordsAfter('--given', commands))).toEqual(given)
  })
})
