/** The script of the workers that read, train and sample; a worker's name is its role. */
switch (self.name) {
  case 'session':
    import('./session-worker.ts')
    break
  case 'simd':
    import('moonstep/workers/simd')
    break
  default:
    import('moonstep/workers/training')
}
