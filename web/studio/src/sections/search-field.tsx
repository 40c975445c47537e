interface Search {
  readonly id: string
  readonly label: string
  readonly text: string
  readonly onText: (text: string) => void
}

/** A field that looks for columns by their names. */
export function SearchField({ id, label, text, onText }: Search) {
  return (
    <p class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="search"
        value={text}
        onInput={({ currentTarget }) => onText(currentTarget.value)}
      />
    </p>
  )
}
