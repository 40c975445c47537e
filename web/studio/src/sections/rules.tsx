import type { Rule } from 'moonstep/web'
import { useState } from 'preact/hooks'
import { sentenceOf } from '../problem.ts'
import { addRule, removeRule } from '../reading.ts'
import { canChoose, phase, rules, table } from '../state.ts'
import { fieldsOf, type Kind, kinds } from './rule-fields.tsx'

/** The rules that every generated row is to meet, and ways to state another. */
export function Rules() {
  const mayState = canChoose() && phase.value !== 'training'
  if (!mayState && rules.value.length === 0) return null
  return (
    <details class="rules" open={rules.value.length > 0}>
      <summary>Rules that every row must meet{rules.value.length > 0 && `: ${rules.value.length}`}</summary>
      {rules.value.length > 0 && (
        <ul class="stated">
          {rules.value.map((rule) => (
            <li key={rule}>
              <code>{rule}</code>
              {mayState && (
                <button
                  type="button"
                  class="small"
                  aria-label={`Remove the rule ${rule}`}
                  onClick={() => removeRule(rule)}
                >
                  ×
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
      {mayState && <NewRule />}
    </details>
  )
}

function NewRule() {
  const [kind, setKind] = useState<Kind>('order')
  const [wrong, setWrong] = useState('')
  // new fields once a rule is stated
  const [stated, setStated] = useState(0)
  const { columns } = table.value!
  const Fields = fieldsOf[kind]
  const add = async (rule: Rule | string | undefined) => {
    if (rule === undefined) {
      setWrong('Say what the rule is about first.')
      return
    }
    try {
      await addRule(rule)
      setWrong('')
      setStated(stated + 1)
    } catch (error) {
      setWrong(sentenceOf(error))
    }
  }
  return (
    <>
      <p class="field">
        <label for="rule-kind">Another rule</label>
        <select
          id="rule-kind"
          value={kind}
          onChange={({ currentTarget }) => {
            setKind(currentTarget.value as Kind)
            setWrong('')
          }}
        >
          {Object.entries(kinds).map(([each, says]) => (
            <option key={each} value={each}>
              {says}
            </option>
          ))}
        </select>
      </p>
      <Fields key={`${kind} ${stated}`} columns={columns} onAdd={add} />
      <div role="alert">{wrong && <p class="problem">{wrong}</p>}</div>
    </>
  )
}
