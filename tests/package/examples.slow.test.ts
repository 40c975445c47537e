import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { get, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { moonstep } from '../helpers/cli.ts'
import { describeWith } from '../helpers/needs.ts'
import { type PostgresServer, startPostgres } from '../helpers/postgres.ts'
import { launchChromium, type Site, serveFolders } from '../web/helpers.ts'
import { linkPackage, pack, root, run, succeed } from './install.ts'

const { folder, tarball } = await pack()
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A copy of an example with the package and its dependencies, as a user has it after `npm install`. */
function copied(name: string): string {
  const project = join(folder, name)
  cpSync(join(root, 'examples', name), project, { recursive: true })
  linkPackage(project, tarball)
  return project
}

it('examples/README.md lists every example, and each names what it needs', () => {
  const examples = readdirSync(join(root, 'examples'), { withFileTypes: true })
  const names = examples.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  const text = readFileSync(join(root, 'examples/README.md'), 'utf8')
  expect(names).toHaveLength(8)
  for (const name of names) {
    expect(text).toContain(`[${name}](${name})`)
    // those are files alone: tests/cluster and tests/serve run them
    if (['slurm', 'kubernetes', 'serve'].includes(name)) continue
    const { dependencies } = JSON.parse(readFileSync(join(root, 'examples', name, 'package.json'), 'utf8'))
    expect(Object.keys(dependencies)).toContain('moonstep')
  }
})

it('the Node script trains, samples and measures', () => {
  const lines = succeed(copied('node-script'), 'node', 'people.mjs', '60').split('\n')
  expect(lines[0]).toBe('height,weight')
  const [height, weight] = lines[1]!.split(',').map(Number)
  expect(height).toBeGreaterThan(100)
  expect(weight).toBeGreaterThan(0)
  expect(lines[6]).toMatch(/^sliced Wasserstein-2: [\d.]+ times real against real$/)
})

describe('the Fastify server', () => {
  const model = join(root, 'models/two-moons/model.onnx')
  let server: ChildProcess
  let url: string
  beforeAll(async () => {
    const project = copied('fastify-server')
    server = spawn(process.execPath, ['server.mjs', model, '0'], { cwd: project })
    for await (const line of createInterface({ input: server.stdout! })) {
      url = /^listening on (\S+)$/.exec(line)![1]!
      break
    }
  })
  afterAll(async () => {
    server.kill('SIGTERM')
    const [code] = await once(server, 'exit')
    expect(code).toBe(0)
  })

  const rowsOf = async (query: string) => {
    const answer = await fetch(`${url}/samples?${query}`)
    return [answer.status, await answer.json()] as const
  }

  it('answers fifty requests at once, each with its own samples', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, seed) => rowsOf(`count=${1 + 200 * (seed % 20)}&seed=${seed}`)),
    )
    for (const [seed, [status, rows]] of answers.entries()) {
      expect([status, rows.length]).toEqual([200, 1 + 200 * (seed % 20)])
      expect(rows[0]).toEqual((await rowsOf(`count=1&seed=${seed}`))[1][0])
    }
    const { stdout } = await moonstep`sample ${model} -n 1 --seed 7`
    const [, line] = stdout.split('\n')
    const { x, y } = answers[7]![1][0]
    expect(`${Math.fround(x)},${Math.fround(y)}`).toBe(
      line!
        .split(',')
        .map((cell) => Math.fround(Number(cell)))
        .join(),
    )
  })

  it('answers other clients, in bounded memory, while one reads a long stream slowly', async () => {
    const resident = () =>
      Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))![1])
    const askOften = async () => {
      for (let seed = 0; seed < 8; seed++)
        expect((await rowsOf(`count=20000&seed=${seed}`))[1]).toHaveLength(20000)
    }
    // what the answers themselves take first
    await askOften()
    const before = resident()
    const slow = await new Promise<IncomingMessage>((resolve) =>
      get(`${url}/samples.csv?count=5000000`, resolve),
    )
    slow.pause()
    await askOften()
    // five million rows are 100 MB of text
    expect(resident() - before).toBeLessThan(80_000)
    slow.destroy()
  })

  it('explains what is wrong with a request', async () => {
    expect((await rowsOf('count=0'))[0]).toBe(400)
    expect(await rowsOf('count=200000000')).toEqual([
      400,
      { error: 'count is 200000000: give a whole number from 1 to 100000000' },
    ])
  })
})

describeWith('postgres', 'the seed of drizzle', () => {
  let server: PostgresServer
  let project: string
  beforeAll(async () => {
    server = await startPostgres()
    project = copied('drizzle')
    succeed(project, 'node', 'train.mjs', '60')
  })
  afterAll(() => server?.stop())
  const seed = (...args: string[]) =>
    run(project, 'env', `DATABASE_URL=${server.address}`, 'node', 'seed.mjs', ...args)
  const ask = (query: string) => server.psql('-c', query).trim()
  const counts = () =>
    ask(
      'SELECT (SELECT count(*) FROM customers), (SELECT count(*) FROM orders), (SELECT count(*) FROM items)',
    )

  it('leaves nothing where the database refuses a row of the last table', () => {
    // the first seed creates the tables
    expect(seed('2').status).toBe(0)
    ask('TRUNCATE customers, orders, items; ALTER TABLE items ADD CONSTRAINT none CHECK (line < 0)')
    const { status, stderr } = seed('40', '7')
    expect([status, stderr]).toEqual([
      1,
      'nothing was inserted: new row for relation "items" violates check constraint "none"\n',
    ])
    expect(counts()).toBe('0|0|0')
    ask('ALTER TABLE items DROP CONSTRAINT none')
  })

  it('inserts rows of all tables, whose references PostgreSQL has checked, and only into empty ones', () => {
    const { stdout: said } = seed('40', '7')
    const [customers, orders, items] = counts().split('|').map(Number)
    expect(said).toBe(
      `customers: ${customers} rows\norders: ${orders} rows\nitems: ${items} rows\nall of them are in the database\n`,
    )
    expect(customers).toBe(40)
    expect(orders).toBeGreaterThan(20)
    expect(items).toBeGreaterThanOrEqual(orders!)
    expect(ask('SELECT count(*) FROM orders WHERE shipped < placed')).toBe('0')
    expect(ask("SELECT string_agg(DISTINCT country, ',') FROM customers")).toMatch(/^(BE|DE|FR|NL)(,|$)/)
    const rows = server.psql('-c', 'SELECT * FROM items ORDER BY 1, 2')
    const { status, stderr } = seed('40', '8')
    expect([status, stderr]).toEqual([
      1,
      'nothing was inserted: the table customers has rows: empty it first\n',
    ])
    expect(counts()).toBe([customers, orders, items].join('|'))
    // rows of the application get the numbers that follow
    const last = Number(ask('SELECT max(id) FROM customers'))
    const insert =
      "INSERT INTO customers (name, country, joined, is_member) VALUES ('Ada', 'BE', now(), true) RETURNING id"
    expect(Number(ask(insert))).toBe(last + 1)
    ask('TRUNCATE customers, orders, items')
    expect(seed('40', '7').status).toBe(0)
    expect(server.psql('-c', 'SELECT * FROM items ORDER BY 1, 2')).toBe(rows)
  })
})

describeWith('chromium', 'the pages', () => {
  const sites: Site[] = []
  afterAll(() => {
    for (const site of sites) site.close()
  })

  /** What a page says once its samples are there. */
  const saidBy = async (name: string) => {
    const project = copied(name)
    if (existsSync(join(project, 'tsconfig.json')))
      expect(run(project, 'npx', 'tsc', '-p', '.')).toEqual({ status: 0, stdout: '', stderr: '' })
    await build({ root: project, logLevel: 'error', configFile: false, base: './' })
    const site = await serveFolders({ '/': join(project, 'dist') })
    sites.push(site)
    const browser = await launchChromium()
    const page = await browser.newPage()
    const faults: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text())
    })
    page.on('pageerror', ({ message }) => faults.push(message))
    await page.goto(site.url)
    await page.waitForFunction("document.querySelector('output').textContent !== '…'")
    const text = await page.textContent('output')
    await browser.close()
    expect(faults).toEqual([])
    return text
  }

  it('the page of Vite draws samples', async () => {
    const [x, y] = (await saidBy('vite-page'))!.split(', ').map(Number)
    // the middle of two moons is (0.5, 0.25)
    expect(Math.abs(x! - 0.5)).toBeLessThan(0.1)
    expect(Math.abs(y! - 0.25)).toBeLessThan(0.1)
  })

  it('the page of Vite, on simd alone, has none of the 41 MB of onnxruntime', () => {
    const files = readdirSync(join(folder, 'vite-page/dist'), { recursive: true, withFileTypes: true })
    expect(files.map(({ name }) => name).filter((name) => /^ort-|onnxruntime|\.wasm$/.test(name))).toEqual([])
  })

  it('the page of React draws samples', async () => {
    expect(await saidBy('react-page')).toBe('1000 samples on simd')
  })
})
