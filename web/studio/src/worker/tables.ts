/** The script of the workers of several tables: the one that holds them, and its threads. A worker's name is its role. */
switch (self.name) {
  case 'tables':
    import('./tables-worker.ts')
    break
  case 'training':
    import('moonstep/workers/training')
    break
  default:
    import('moonstep/workers/simd')
}
