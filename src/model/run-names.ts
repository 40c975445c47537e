/** Names that options and a run's config share. */

export const lrDecays = ['none', 'linear', 'cosine'] as const
export type LrDecay = (typeof lrDecays)[number]

export const engineNames = ['onnx', 'simd', 'tensorflow'] as const
export type EngineName = (typeof engineNames)[number]
