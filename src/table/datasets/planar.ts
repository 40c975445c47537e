import type { Points } from '../../core/points.ts'
import { standardNormals, streams, uniforms } from '../../core/random.ts'

/** A place on a figure from two uniform numbers, the row's index and the number of rows. */
type Place = (u: number, v: number, i: number, rows: number) => readonly [x: number, y: number]

/** Points of a planar figure with normal noise, drawn from Philox stream 5 (step 0 noise, step 1 places). */
function planar(place: Place) {
  return (rows: number, noiseLevel: number, seed: number): Points => {
    const request = { seed, stream: streams.datasets, start: 0, count: rows, dim: 2 }
    const places = uniforms({ ...request, step: 1 })
    const noise = standardNormals({ ...request, step: 0 })
    const data = new Float32Array(2 * rows)
    for (let i = 0; i < rows; i++) {
      const [x, y] = place(places[2 * i]!, places[2 * i + 1]!, i, rows)
      data[2 * i] = x + noiseLevel * noise[2 * i]!
      data[2 * i + 1] = y + noiseLevel * noise[2 * i + 1]!
    }
    return { data, count: rows, dim: 2 }
  }
}

/** scikit-learn's swiss roll seen from its end: radius and angle from 1.5 pi to 4.5 pi. */
export const swissRoll = planar((u) => {
  const angle = 1.5 * Math.PI * (1 + 2 * u)
  return [angle * Math.cos(angle), angle * Math.sin(angle)]
})

/** scikit-learn's two circles, of radius 1 (the first half of the rows) and 0.5, points equally spaced. */
export const circles = planar((_, __, i, rows) => {
  const outer = Math.floor(rows / 2)
  const [radius, angle] =
    i < outer ? [1, (2 * Math.PI * i) / outer] : [0.5, (2 * Math.PI * (i - outer)) / (rows - outer)]
  return [radius * Math.cos(angle), radius * Math.sin(angle)]
})

/** Uniform on the eight dark squares of a four by four board over [-2, 2] x [-2, 2]. */
export const checkerboard = planar((u, v) => {
  const x = 4 * u - 2
  const column = Math.floor(4 * u)
  // of the column's four squares two are dark, every other one
  const half = Math.floor(2 * v)
  return [x, 2 * v - half + (2 * half + (column % 2)) - 2]
})

/** Eight normal distributions around a circle of radius 2, each of the noise level's deviation. */
export const gaussianMixture = planar((u) => {
  const angle = (2 * Math.PI * Math.floor(8 * u)) / 8
  return [2 * Math.cos(angle), 2 * Math.sin(angle)]
})
