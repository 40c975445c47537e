/** Asks one question at a time, then the newest: a drag asks faster than a worker answers. `ask` handles errors. */
export function latest<Q>(ask: (question: Q) => Promise<void>): (question: Q) => void {
  let next: { question: Q } | undefined
  let busy = false
  const run = async () => {
    if (busy || !next) return
    const { question } = next
    next = undefined
    busy = true
    await ask(question)
    busy = false
    run()
  }
  return (question) => {
    next = { question }
    run()
  }
}
