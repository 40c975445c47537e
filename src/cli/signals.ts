const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const

/** The user or the system ended the command. */
export class Interrupted extends Error {
  readonly exitCode: number

  constructor(signal: keyof typeof exitCodes) {
    super(`stopped by ${signal}`)
    this.exitCode = exitCodes[signal]
  }
}

/** Runs `body` with a signal that SIGINT and SIGTERM abort; a second one of them ends the process at once. */
export async function interruptible<R>(body: (signal: AbortSignal) => Promise<R>): Promise<R> {
  const controller = new AbortController()
  const listener = (name: NodeJS.Signals) => {
    const interrupted = new Interrupted(name as keyof typeof exitCodes)
    if (controller.signal.aborted) process.exit(interrupted.exitCode)
    controller.abort(interrupted)
  }
  for (const name of Object.keys(exitCodes)) process.on(name, listener)
  try {
    return await body(controller.signal)
  } finally {
    for (const name of Object.keys(exitCodes)) process.off(name, listener)
  }
}
