/** The script of the workers that read and sample; a worker's name is its role. */
switch (self.name) {
  case 'session':
    import('./session-worker.ts')
    break
  default:
    import('moonstep/workers/simd')
}
