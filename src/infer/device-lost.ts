/** What every run fails with once the GPU is gone. */
export class DeviceLostError extends Error {
  override name = 'DeviceLostError'
}
