/** A page of a browser that a test drives. */
export interface DrivenPage {
  open(url: string): Promise<unknown>
  /** The value of an expression, or of its promise, as JSON has it. */
  evaluate<R>(expression: string): Promise<R>
  close(): Promise<void>
}
