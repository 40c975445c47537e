type Word = string | number
/** What the tag of a command line is called with. */
export type Words = readonly [texts: TemplateStringsArray, ...values: readonly (Word | readonly Word[])[]]

/**
 * The words of a command line, split at its spaces. An inserted value is never split, and an inserted list is a word
 * for each of its values.
 *
 * @example
 * words`sample ${'my model.onnx'} --count ${5} ${['--given', 'sex=female']}`
 */
export function words(...[texts, ...values]: Words): string[] {
  const all: string[] = []
  let word: string | undefined
  const end = () => {
    if (word !== undefined) all.push(word)
    word = undefined
  }
  for (const [i, text] of texts.entries()) {
    for (const [k, piece] of text.split(/\s+/).entries()) {
      if (k > 0) end()
      if (piece !== '') word = `${word ?? ''}${piece}`
    }
    const value = values[i]
    if (Array.isArray(value)) all.push(...value.map(String))
    else if (value !== undefined) word = `${word ?? ''}${value}`
  }
  end()
  return all
}
