import { estimate } from './estimate.ts'
import type { Head } from './head.ts'

/**
 * The head of tables since cards of format 3: as `estimate`, with a number's x_0 clipped to [-5, 5]. Codes of numbers lie
 * inside it (`maxCode` in table/encodings/quantile.ts). Beyond, the network was never trained, and its predictions could
 * grow from step to step until float32 overflows.
 */
export const bounded: Head = { ...estimate, name: 'bounded', limit: 5 }
