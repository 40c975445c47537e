/** The script of the workers that read, train and sample; a worker's name is its role. */
switch (self.name) {
  case 'desk':
    import('./desk-worker.ts')
    break
  case 'simd':
    import('../../../../src/browser/simd-worker.ts')
    break
  default:
    import('../../../../src/browser/training-worker.ts')
}
