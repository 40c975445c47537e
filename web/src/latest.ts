/** Asks one question at a time, then the newest: a drag asks faster than a worker answers. What fails is dropped: `ask` says why. */
export function latest<Q>(ask: (question: Q) => Promise<void>): (question: Q) => void {
  let next: { question: Q } | undefined
  let busy = false
  const run = async () => {
    if (busy || !next) return
    const { question } = next
    next = undefined
    busy = true
    // an answer of a model that was replaced meanwhile may fail, and the next question is of the new one
    await ask(question).catch(() => {})
    busy = false
    run()
  }
  return (question) => {
    next = { question }
    run()
  }
}
