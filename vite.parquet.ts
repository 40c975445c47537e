import type { Plugin } from 'vite'

/**
 * Parts of hyparquet and hyparquet-writer that Moonstep never asks for: filters of rows, the Bloom filters that serve them, and what is
 * written of variants and places. What is called without one gives what it would without a filter. What the page has twice is there once:
 * pako unpacks gzip, and hyparquet itself snappy.
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
  'hyparquet-compressors/src/gzip.js': `
    import { Inflate } from 'pako/lib/inflate.js'
    export const gunzip = (bytes, unpacked) => {
      let size = 0
      const inflate = new Inflate()
      // throws if more comes out than there is room for
      inflate.onData = (chunk) => {
        unpacked.set(chunk, size)
        size += chunk.length
      }
      if (!inflate.push(bytes, true) || size < unpacked.length) throw new Error('a page is not whole')
      return unpacked
    }`,
  'hysnappy/js/uncompress.js': `
    import { snappyUncompress as unpack } from 'hyparquet'
    export const snappyUncompress = (bytes, length) => {
      const unpacked = new Uint8Array(length)
      unpack(bytes, unpacked)
      return unpacked
    }
    export const snappyUncompressor = () => snappyUncompress`,
}

/** Leaves out what nobody asks for of the packages that read and write Parquet, 10 kB of what the studio loads first. */
export const leanParquet = (): Plugin => ({
  name: 'moonstep:lean-parquet',
  load: {
    filter: {
      id: /\/(?:hyparquet(?:-writer)?\/src\/(?:filter|bloom|variant|geospatial)|hyparquet-compressors\/src\/gzip|hysnappy\/js\/uncompress)\.js$/,
    },
    handler(id) {
      const [part] = /hy(?:parquet(?:-writer|-compressors)?\/src|snappy\/js)\/\w+\.js$/.exec(id)!
      return unusedParts[part]
    },
  },
})
