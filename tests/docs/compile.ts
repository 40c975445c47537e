import { join } from 'node:path'
import ts from 'typescript'
import { root } from './place.ts'

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  moduleDetection: ts.ModuleDetectionKind.Force,
  types: ['node'],
  typeRoots: [join(root, 'node_modules/@types')],
  strict: true,
  skipLibCheck: true,
}

/** Reads the types of others once for all pages, which takes most of the time. */
const host = ts.createCompilerHost(options)
const read = host.getSourceFile
const types = new Map<string, ts.SourceFile | undefined>()
host.getSourceFile = (file, ...rest) => {
  if (!file.endsWith('.d.ts')) return read(file, ...rest)
  if (!types.has(file)) types.set(file, read(file, ...rest))
  return types.get(file)
}

/**
 * Checks TypeScript files against the package's types, strictly, and writes each as .js beside it.
 * Throws: what the compiler says.
 */
export function compile(folder: string, files: readonly string[]): void {
  const paths = files.map((file) => join(folder, file))
  const program = ts.createProgram(paths, options, host)
  const own = paths.map((path) => program.getSourceFile(path)!)
  const diagnostics = [
    ...program.getGlobalDiagnostics(),
    ...own.flatMap((file) => ts.getPreEmitDiagnostics(program, file)),
  ]
  if (diagnostics.length > 0)
    throw new Error(
      ts.formatDiagnostics(diagnostics, {
        getCurrentDirectory: () => folder,
        getCanonicalFileName: (name) => name,
        getNewLine: () => '\n',
      }),
    )
  for (const file of own) program.emit(file)
}
