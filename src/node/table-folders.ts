import { rowsFolder } from './run-rows.ts'

/** By table, its name as that of a folder: letters, digits, dots and dashes as they are. */
export function folderNames(tables: readonly string[]): Map<string, string> {
  const taken = new Set([rowsFolder])
  return new Map(
    tables.map((table) => {
      const plain = table.replaceAll(/[^\w.-]/g, '_').replace(/^\.+/, '_') || '_'
      let name = plain
      for (let k = 2; taken.has(name.toLowerCase()); k++) name = `${plain}-${k}`
      taken.add(name.toLowerCase())
      return [table, name]
    }),
  )
}
