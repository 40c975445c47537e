import { maxSeed, problemOfSeed } from '../whole-numbers.ts'
/** A whole number with its name, and next to it why it can't be taken. */
export function NumberField({
  id,
  label,
  min,
  max,
  value,
  wrong,
  onValue,
}: {
  readonly id: string
  readonly label: string
  readonly min: number
  readonly max?: number
  readonly value: number
  readonly wrong: string
  readonly onValue: (value: number) => void
}) {
  return (
    <p class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="number"
        min={min}
        max={max}
        step="1"
        required
        aria-invalid={wrong !== ''}
        aria-describedby={wrong ? `${id}-wrong` : undefined}
        value={value}
        onInput={({ currentTarget }) => onValue(currentTarget.valueAsNumber)}
      />
      {wrong && (
        <span class="wrong" id={`${id}-wrong`} role="status">
          {wrong}
        </span>
      )}
    </p>
  )
}

/** The seed that rows are drawn by. */
export function SeedField({
  value,
  onValue,
}: {
  readonly value: number
  readonly onValue: (value: number) => void
}) {
  return (
    <NumberField
      id="seed"
      label="Seed"
      min={0}
      max={maxSeed}
      value={value}
      wrong={problemOfSeed(value)}
      onValue={onValue}
    />
  )
}
