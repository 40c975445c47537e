/** In place of the kernel that combines points, by vite.config.ts: a thousand points are as quick without it. */
export { linearCombination as combine } from '../../../src/core/points.ts'
