/** Downloads a file through the browser. */
export function download(content: Blob | string | Uint8Array, name: string): void {
  const blob = content instanceof Blob ? content : new Blob([content as BlobPart])
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  // the browser has it by then
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

/** A file's name without its endings: titanic.csv.gz is titanic. */
export function stemOf(name: string): string {
  return name.replace(/(?<=.)(\.(csv|tsv|txt|json|jsonl|parquet|npy))?(\.gz)?$/i, '')
}
