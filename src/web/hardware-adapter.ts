/** What we take of WebGPU, which has no types here. */
interface Adapter {
  readonly info?: {
    readonly vendor?: string
    readonly architecture?: string
    readonly description?: string
    readonly isFallbackAdapter?: boolean
  }
  /** Where older browsers say it. */
  readonly isFallbackAdapter?: boolean
}
interface Gpu {
  requestAdapter(): Promise<Adapter | null>
}

/** Imitations of a GPU on the processor. */
const software = /swiftshader|llvmpipe|lavapipe|basic render|\bwarp\b/i

/** Why WebGPU would not compute on a GPU in this page; null where it would. */
export async function hardwareLack(): Promise<string | null> {
  const { gpu } = navigator as { gpu?: Gpu }
  if (!gpu) return 'this page has no WebGPU'
  const adapter = await gpu.requestAdapter().catch(() => null)
  if (!adapter) return 'WebGPU finds no GPU here'
  const { info, isFallbackAdapter } = adapter
  const name = [info?.vendor, info?.architecture, info?.description].filter(Boolean).join(' ')
  return info?.isFallbackAdapter || isFallbackAdapter || software.test(name)
    ? `WebGPU computes on the processor here (${name || 'a fallback adapter'})`
    : null
}
