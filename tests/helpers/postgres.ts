import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { postgresPrograms } from './needs.ts'

/** A server of PostgreSQL, with a database of the name postgres. */
export interface PostgresServer {
  readonly port: number
  /** The address of a user with a password. */
  readonly address: string
  readonly password: string
  /** Runs SQL, or what else psql takes, and returns what it prints. */
  psql(...args: string[]): string
  stop(): void
}

/** Starts a server of its own data. It refuses to run as root, so root starts it as the user postgres. */
export async function startPostgres(): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'moonstep-postgres-'))
  chmodSync(folder, 0o755)
  const data = join(folder, 'data')
  const isRoot = process.getuid?.() === 0
  const run = (program: string, ...args: string[]) => {
    const line = [`${postgresPrograms()}/${program}`, ...args]
    const [file, ...rest] = isRoot ? ['runuser', '-u', 'postgres', '--', ...line] : line
    // its server keeps what it inherits open
    const { status, stdout, stderr } = spawnSync(file!, rest, {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      cwd: folder,
      stdio: program === 'pg_ctl' ? 'ignore' : 'pipe',
    })
    expect([status, stderr ?? '']).toEqual([0, expect.any(String)])
    return stdout
  }
  mkdirSync(data)
  const password = 'Pa$$ wörd/1'
  const secret = join(folder, 'password')
  writeFileSync(secret, password)
  if (isRoot) {
    const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
    for (const path of [data, secret]) chownSync(path, id('-u'), id('-g'))
  }
  const initial = ['-U', 'postgres', '-E', 'UTF8', '--locale=C', '--no-sync', '--pwfile', secret]
  run('initdb', '-D', data, '--auth-local=trust', '--auth-host=scram-sha-256', ...initial)
  const port = await freePort()
  run(
    'pg_ctl',
    '-D',
    data,
    '-w',
    '-o',
    `-k ${data} -p ${port} -c listen_addresses=127.0.0.1 -c fsync=off`,
    'start',
  )
  return {
    port,
    password,
    address: `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`,
    psql: (...args) =>
      run(
        'psql',
        '-X',
        '-q',
        '-v',
        'ON_ERROR_STOP=1',
        '-h',
        data,
        '-p',
        String(port),
        '-U',
        'postgres',
        '-At',
        ...args,
      ),
    stop() {
      run('pg_ctl', '-D', data, '-m', 'immediate', 'stop')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A port that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}
