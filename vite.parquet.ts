import type { Plugin } from 'vite'

/**
 * Parts of hyparquet and hyparquet-writer that Moonstep never asks for: filters of rows, the Bloom filters that serve them, and what is
 * written of variants and places. What is called without one gives what it would without a filter.
 */
const unusedParts: Readonly<Record<string, string>> = {
  'hyparquet/src/filter.js': `
    const none = () => []
    export { none as pathsNeededForFilter, none as columnsNeededForFilter, none as filterPageRanges }
    export const matchFilter = () => true
    export const canSkipRowGroup = () => false`,
  'hyparquet/src/bloom.js': `
    export const bloomEligibleColumns = () => new Set()
    const unused = () => { throw new Error('Bloom filters are left out') }
    export { unused as readBloomFilter, unused as hashParquetValue, unused as sbbfContains, unused as sbbfInsert }`,
  'hyparquet-writer/src/bloom.js': `
    export class BloomBuilder {
      constructor() { throw new Error('Bloom filters are left out') }
    }
    export const writeBlooms = () => {}`,
  'hyparquet-writer/src/variant.js': `
    const unused = () => { throw new Error('variants are not written') }
    export { unused as encodeVariantColumn, unused as autoDetectShredding, unused as normalizeShreddingConfig }`,
  'hyparquet-writer/src/geospatial.js': `
    export const geospatialStatistics = () => { throw new Error('places are not written') }`,
}

/** Leaves out what nobody asks for of the packages that read and write Parquet, 10 kB of what the studio loads first. */
export const leanParquet = (): Plugin => ({
  name: 'moonstep:lean-parquet',
  load: {
    filter: { id: /\/hyparquet(?:-writer)?\/src\/(?:filter|bloom|variant|geospatial)\.js$/ },
    handler(id) {
      const part = /hyparquet(?:-writer)?\/src\/\w+\.js$/.exec(id)?.[0]
      return part === undefined ? undefined : unusedParts[part]
    },
  },
})
