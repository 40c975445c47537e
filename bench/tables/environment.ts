import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { InputError } from '../../src/core/errors.ts'
import { attempt, execute } from './execute.ts'

const venv = '.venv-tables'

/** The packages that the judges require. */
const judges = ['pandas', 'numpy', 'scikit-learn', 'lightgbm', 'sdmetrics', 'pot'] as const
/** The packages for the peers and the matrix products; the rest works without them. */
const optional = ['torch', 'ctgan', 'ForestDiffusion', 'copulas'] as const
const packages = [...judges, ...optional]

/** A separate Python, so that the versions in other environments don't matter. */
export interface Environment {
  readonly program: string
  /** By package, and `Python` itself. */
  readonly versions: Readonly<Record<string, string>>
  /** By package: why it could not be installed here. */
  readonly missing: Readonly<Record<string, string>>
}

/** Makes the environment, or adds what it lacks. Throws InputError if the judges can't be installed. */
export function prepareEnvironment(log: (line: string) => void): Environment {
  const program = join(venv, 'bin', 'python')
  if (!existsSync(program)) {
    log(`making ${venv}`)
    const made = attempt(() => execute('python3', ['-m', 'venv', '--clear', venv]))
    if ('missing' in made) throw new InputError(`${venv} can't be made: ${made.missing}`, 'out-of-range')
  }
  const missing = installLacking(program, log)
  const lacking = judges.filter((name) => name in missing)
  if (lacking.length > 0)
    throw new InputError(
      `the judges need ${lacking.join(', ')}, which could not be installed here: ${missing[lacking[0]!]}`,
      'out-of-range',
    )
  return { program, versions: versionsOf(program), missing }
}

/** All at once, so that pip finds compatible versions; if that fails, one by one, to find the failing ones. */
function installLacking(program: string, log: (line: string) => void): Record<string, string> {
  const lacking = lackingIn(program)
  if (lacking.length === 0) return {}
  log(`installing ${lacking.join(', ')} in ${venv}`)
  const all = attempt(() => install(program, lacking))
  if (!('missing' in all)) return {}
  const missing: Record<string, string> = {}
  for (const name of lacking) {
    const one = attempt(() => install(program, [name]))
    if ('missing' in one) missing[name] = one.missing
  }
  return missing
}

function install(program: string, names: readonly string[]) {
  const quiet = ['--quiet', '--disable-pip-version-check', '--no-input']
  return execute(program, ['-m', 'pip', 'install', ...quiet, ...names])
}

function lackingIn(program: string): string[] {
  const installed = versionsOf(program)
  return packages.filter((name) => !(name in installed))
}

function versionsOf(program: string): Record<string, string> {
  const code = `
import json, sys
from importlib.metadata import PackageNotFoundError, version
found = {"Python": sys.version.split()[0]}
for name in sys.argv[1:]:
    try:
        found[name] = version(name)
    except PackageNotFoundError:
        pass
print(json.dumps(found))`
  return JSON.parse(execute(program, ['-c', code, ...packages]).stdout) as Record<string, string>
}
