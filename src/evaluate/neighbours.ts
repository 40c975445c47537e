/** The rows nearest to a point, nearest first. */
export class NearestRows {
  /** Squared. */
  readonly distances: Float64Array
  readonly rows: Int32Array
  /** How many of them there are: the capacity, or all rows where there are fewer. */
  size = 0

  constructor(capacity: number) {
    this.distances = new Float64Array(capacity)
    this.rows = new Int32Array(capacity)
  }

  /** Finds them among the first `count` squared distances; a row at an infinite distance is left out. */
  find(squares: Float64Array, count: number): void {
    const { distances, rows } = this
    const capacity = distances.length
    let size = 0
    let farthest = Number.POSITIVE_INFINITY
    for (let j = 0; j < count; j++) {
      const square = squares[j]!
      if (!(square < farthest)) continue
      let place = size < capacity ? size++ : capacity - 1
      for (; place > 0 && distances[place - 1]! > square; place--) {
        distances[place] = distances[place - 1]!
        rows[place] = rows[place - 1]!
      }
      distances[place] = square
      rows[place] = j
      if (size === capacity) farthest = distances[capacity - 1]!
    }
    this.size = size
  }
}
