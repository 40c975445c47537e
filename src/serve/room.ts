import { counted, humanBytes } from '../core/format.ts'
import { limits, Refusal } from './refusal.ts'

/** Bytes that a request takes until they are given back. */
export interface Held {
  /** Replaces the estimate by what it turned out to be. */
  set(bytes: number): void
  /** A second call does nothing. */
  release(): void
}

/** Room for rows and answers, from before they are drawn until clients have read them. */
export class AnswerRoom {
  #bytes = 0

  /**
   * Takes the bytes of a request's rows and answer. Throws a Refusal if it may never have as many, or if others have them now.
   *
   * @param rowBytes - The most that a row takes.
   */
  take(rows: number, rowBytes: number): Held {
    const wanted = rows * rowBytes
    if (wanted > limits.answerBytes) {
      const most = counted(Math.max(1, Math.floor(limits.answerBytes / rowBytes)), 'row')
      throw new Refusal(
        'too-large',
        `an answer of ${counted(rows, 'row')} may take ${humanBytes(wanted)}, and ${humanBytes(limits.answerBytes)} are allowed: ask for at most ${most}, or for fewer outputs`,
      )
    }
    const { answersBytes, smallAnswerBytes, smallAnswersBytes } = limits
    const most = answersBytes + (wanted <= smallAnswerBytes ? smallAnswersBytes : 0)
    if (this.#bytes + wanted > most)
      throw new Refusal('busy', 'clients have too many unread answers: try again later')
    return this.hold(wanted)
  }

  /** Counts bytes that are there already. */
  hold(bytes: number): Held {
    let held = 0
    let isReleased = false
    const set = (bytes: number) => {
      if (isReleased) return
      this.#bytes += bytes - held
      held = bytes
    }
    set(bytes)
    return {
      set,
      release() {
        set(0)
        isReleased = true
      },
    }
  }

  get bytes(): number {
    return this.#bytes
  }
}

/** A request that is still being received. */
export interface Arrival {
  /** Raises its bytes to so many, if they were fewer. */
  grow(bytes: number): void
  end(): void
}

/**
 * Room for requests that are still arriving. Beyond the limit, the largest of them is refused, of equals the latest: whoever
 * sends little is never refused because others send much.
 */
export class ArrivalRoom {
  readonly #arriving = new Map<Arrival, { bytes: number; readonly refuse: (refusal: Refusal) => void }>()
  #bytes = 0

  /** @param refuse - Ends the request if it has to make room. */
  begin(refuse: (refusal: Refusal) => void): Arrival {
    const state = { bytes: 0, refuse }
    const arrival: Arrival = {
      grow: (bytes) => {
        if (!this.#arriving.has(arrival) || bytes <= state.bytes) return
        this.#bytes += bytes - state.bytes
        state.bytes = bytes
        while (this.#bytes > limits.arrivingBytes) this.#refuseLargest()
      },
      end: () => {
        if (this.#arriving.delete(arrival)) this.#bytes -= state.bytes
      },
    }
    this.#arriving.set(arrival, state)
    return arrival
  }

  get bytes(): number {
    return this.#bytes
  }

  #refuseLargest(): void {
    const [arrival, { refuse }] = [...this.#arriving].reduce((a, b) => (b[1].bytes >= a[1].bytes ? b : a))
    arrival.end()
    refuse(new Refusal('busy', 'too many large requests are being received: try again later'))
  }
}
