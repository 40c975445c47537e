import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { RowStream } from '../../src/database/rows.ts'
import { readDatabase } from '../../src/database/stores/read.ts'
import { writeDatabase } from '../../src/database/stores/write.ts'
import { exportDatabase, loadDatabase } from '../../src/node/databases.ts'
import { trainDatabase } from '../../src/node/train-databases.ts'
import { toRows } from '../../src/table/inference/rows.ts'
import type { Table } from '../../src/table/table.ts'
import { refuses } from '../helpers/cli.ts'
import { folderOf } from '../helpers/folders.ts'
import { describeWith, python } from '../helpers/needs.ts'
import { keepingAll, shop, shopSchema, tablesOf } from './shop.ts'

const { at, folder } = folderOf('sqlite')
const quick = {
  steps: 2,
  hidden: [8, 8],
  candidates: 1,
  engine: 'simd',
  onNote() {},
  onWarning() {},
} as const
const database = { schema: shopSchema, tables: tablesOf(shopSchema, shop) }

/** Runs Python with SQLite's own library on a file; what it prints. */
function inPython(file: string, script: string): string {
  const lines = `import json, sqlite3, sys\nc = sqlite3.connect(sys.argv[1])\n${script}`
  return execFileSync(python, ['-c', lines, file], { encoding: 'utf8', maxBuffer: 2 ** 26 }).trim()
}

describeWith('sqlite', 'SQLite', () => {
  it('finds the rows as they are, whole, and each reference at a row', async () => {
    await writeDatabase(at('shop.sqlite'), database)
    const printed = inPython(
      at('shop.sqlite'),
      `assert c.execute('PRAGMA integrity_check').fetchall() == [('ok',)]
assert c.execute('PRAGMA foreign_key_check').fetchall() == []
c.row_factory = sqlite3.Row
print(json.dumps({t: [dict(r) for r in c.execute('SELECT * FROM ' + t)] for t in ${JSON.stringify(Object.keys(shop))}}))`,
    )
    // it has no booleans
    const stored = shop.customers!.map((row) => ({ ...row, vip: Number((row as { vip: boolean }).vip) }))
    expect(JSON.parse(printed)).toEqual({ ...shop, customers: stored })
    await writeDatabase(at('again.sqlite'), database)
    expect(readFileSync(at('again.sqlite'))).toEqual(readFileSync(at('shop.sqlite')))
  })

  it('keeps the types, keys, references and indexes of the file that the rows resemble', async () => {
    const file = at('source.sqlite')
    inPython(
      file,
      `c.executescript('''CREATE TABLE "Parents"(Code TEXT COLLATE NOCASE, Part INT, Seen DATETIME, big DECIMAL(9,2), PRIMARY KEY(Code, Part)) WITHOUT ROWID;
CREATE TABLE kids(id INTEGER PRIMARY KEY, code text NOT NULL, part int NOT NULL, "odd ""name""" REAL CHECK ("odd ""name""" > 0), FOREIGN KEY(CODE, part) REFERENCES parents(code, Part) ON DELETE CASCADE);
CREATE INDEX kids_by_parent ON kids(code, part); CREATE TABLE empty(x); CREATE VIEW v AS SELECT 1;''')
c.executemany('INSERT INTO Parents VALUES(?,?,?,?)', [('P%d' % (i // 2), i % 2, '2024-01-%02d 10:00:00' % (1 + i % 28), i / 4) for i in range(40)])
c.executemany('INSERT INTO kids VALUES(?,?,?,?)', [(i * 3, 'P%d' % (i % 20), i % 2, 1 + i) for i in range(90)])
c.commit()`,
    )
    const notices: string[] = []
    const { schema, tables } = await readDatabase(file, { onNotice: (notice) => notices.push(notice) })
    expect(schema.tables.kids!.references).toEqual([
      { columns: ['code', 'part'], table: 'Parents', optional: false, actions: 'ON DELETE CASCADE' },
    ])
    expect(notices).toContain('empty has no rows, and is left out')
    const whole = await readDatabase(file, {
      schema: {
        ...schema,
        tables: Object.fromEntries(
          Object.entries(schema.tables).map(([name, table]) => [name, { ...table, keep: true }]),
        ),
      },
    })
    const parents = toRows(whole.tables.get('Parents')!.kept!)
    const kids = toRows(whole.tables.get('kids')!.kept!)
    const followed = [...tables.get('kids')!.links[0]!].map((row) => [parents[row]!.Code, parents[row]!.Part])
    expect(followed).toEqual(kids.map(({ code, part }) => [code, part]))
    const kept = new Map([...whole.tables].map(([name, table]) => [name, table.kept!]))
    await writeDatabase(at('copy.sqlite'), { schema, tables: kept }, { source: file })
    const dump = `print('\\n'.join(c.iterdump()))`
    expect(inPython(at('copy.sqlite'), dump)).toBe(inPython(file, dump).replace(/^CREATE VIEW.*\n/m, ''))
  })

  it('gives the samples of a trained file its tables, types, keys and references, but nothing that holds a value', async () => {
    const file = at('taught.sqlite')
    inPython(
      file,
      `c.executescript('''CREATE TABLE visits(no INTEGER PRIMARY KEY AUTOINCREMENT, "Pet" INT NOT NULL REFERENCES pets ON DELETE CASCADE ON UPDATE SET NULL,
  day DATETIME NOT NULL, cost DECIMAL(9, 2) DEFAULT 12.5 CHECK (cost <> 666), paid BOOLEAN, note [a or 'b']);
CREATE TABLE pets(id INTEGER PRIMARY KEY, kind VARCHAR(20) DEFAULT 'Rex', weight, home CHAR(2) NOT NULL -- of Ada
  );
CREATE TABLE links(pet INT, visit INT REFERENCES visits(no), since TEXT, PRIMARY KEY(pet, visit)) WITHOUT ROWID''')
c.executemany('INSERT INTO pets VALUES(?,?,?,?)', [(i, ['cat', 'dog'][i % 2], i / 3, ['BE', 'DE', 'FR'][i % 3]) for i in range(40)])
c.executemany('INSERT INTO visits VALUES(?,?,?,?,?,?)', [(i, i * 7 % 40, '2024-%02d-%02d 10:%02d:00' % (1 + i % 12, 1 + i % 28, i % 60), 10 + i % 9 / 4, i % 2, 'ab'[i % 2]) for i in range(90)])
c.executemany('INSERT INTO links VALUES(?,?,?)', [(i % 40, i, '2024-01-%02d' % (1 + i % 28)) for i in range(90)])
c.commit()`,
    )
    const run = await trainDatabase({ dataset: file, ...quick })
    await exportDatabase({ run, out: at('taught.moonstep') })
    const model = await loadDatabase(at('taught.moonstep'))
    await writeDatabase(at('drawn.sqlite'), await model.sample({ count: { pets: 30 } }))
    // more rows get the numbers that follow, and their references go with them
    for (const target of ['twice.sqlite', 'twice.duckdb']) {
      const [first, more] = [await model.sample({ count: { pets: 20 } }), await model.sample({ seed: 1 })]
      await writeDatabase(at(target), first)
      await writeDatabase(at(target), more, { append: true })
      const both = await readDatabase(at(target), { schema: keepingAll(run.schema) })
      const [pets, visits] = ['pets', 'visits'].map((name) => toRows(both.tables.get(name)!.kept!))
      const [from, kept] = [toRows(first.tables.get('pets')!), toRows(more.tables.get('pets')!)]
      const begin = Number(from[0]!.id)
      expect(pets!.map(({ id }) => id)).toEqual(pets!.map((_, i) => begin + i))
      expect(pets!.map(({ weight }) => weight)).toEqual([...from, ...kept].map(({ weight }) => weight))
      const later = toRows(more.tables.get('visits')!).map(({ Pet }) => Number(Pet) + from.length)
      expect(visits!.slice(-later.length).map(({ Pet }) => Pet)).toEqual(later)
    }
    await model.dispose()
    const definitions = `tables = [r[0] for r in c.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid")]
print(json.dumps([[t, [r[:4] + r[5:] for r in c.execute('PRAGMA table_info(%s)' % t)], sorted((r[2:4], r[4] or 'id', r[5:7]) for r in c.execute('PRAGMA foreign_key_list(%s)' % t))] for t in tables]))`
    const expected = JSON.parse(inPython(file, definitions))
    // a type that is no word is not kept
    expect(expected[0][1][5].splice(2, 1)).toEqual(["a or 'b'"])
    const drawn = JSON.parse(inPython(at('drawn.sqlite'), definitions))
    expect(drawn[0][1][5].splice(2, 1)).toEqual(['TEXT'])
    expect(drawn).toEqual(expected)
    const text = inPython(
      at('drawn.sqlite'),
      `print([r[0] for r in c.execute('SELECT sql FROM sqlite_schema')])
assert c.execute('PRAGMA foreign_key_check').fetchall() == []`,
    )
    expect(text).not.toMatch(/666|12\.5|Rex|Ada/)
    const cases: [string[], RegExp][] = [
      [['--given', 'pet.kind=cat'], /unknown table pet \(did you mean pets\?\): choose from/],
      [['--given', 'kind=cat'], /--given kind=cat: name the table too, such as visits.kind=cat/],
      [['--given', 'visits.pets.kind=cat'], /unknown column pets.kind: choose from (?!.*pets\.)/],
      [['-n', 'pet=3'], /unknown table pet \(did you mean pets\?\)/],
      [['-n', 'pets=3,pets=4'], /names pets twice: give its rows once/],
      [['-n', 'pets=1e3'], /-n pets=1e3 is no number of rows by table: give such as visits=1000/],
      [['--like', at('absent.sqlite')], /--like .*absent.sqlite: there is no such file/],
      [['--like', import.meta.filename], /is no SQLite file: give one, or leave it out/],
      [
        ['--like', file, '--out', at('drawn.sqlite')],
        /--like gives a new SQLite file its tables, and .* is none/,
      ],
    ]
    for (const [args, line] of cases)
      await refuses(
        [
          'sample',
          at('taught.moonstep'),
          ...args,
          ...(args.includes('--out') ? [] : ['--out', at('new.sqlite')]),
        ],
        line,
      )
  })

  it('is read while another program writes: rows of its last whole transaction, from the log too', async () => {
    const file = at('busy.sqlite')
    const script = `import sqlite3, sys, time
c = sqlite3.connect(sys.argv[1], isolation_level=None)
c.executescript("PRAGMA journal_mode=WAL; CREATE TABLE a(id INTEGER PRIMARY KEY, x INT); CREATE TABLE b(id INTEGER PRIMARY KEY, a_id INT NOT NULL REFERENCES a)")
i = 0
while True:
    c.execute('BEGIN')
    for _ in range(50):
        c.execute('INSERT INTO a VALUES(?, ?)', (i, i % 7)); c.execute('INSERT INTO b VALUES(?, ?)', (i, i)); i += 1
    c.execute('COMMIT')
    print(i, flush=True)
    time.sleep(0.02)`
    const writer = spawn(python, ['-c', script, file], { stdio: ['ignore', 'pipe', 'inherit'] })
    try {
      await new Promise((resolve) => writer.stdout.once('data', resolve))
      for (let read = 0; read < 3; read++) {
        const { tables } = await readDatabase(file)
        const [a, b] = ['a', 'b'].map((name) => tables.get(name)!.count)
        expect(a).toBe(b)
        expect(a! % 50).toBe(0)
      }
      await expect(writeDatabase(file, database, { append: true })).rejects.toThrow(
        /busy.sqlite is in use, as .*-wal shows: close what writes to it/,
      )
    } finally {
      writer.kill('SIGKILL')
    }
  })

  it('is copied for as long as a process lives that reads it, however that ends', async () => {
    await writeDatabase(at('lasting.sqlite'), database)
    mkdirSync(at('temporary'))
    const dist = new URL('../../dist/database/stores/sqlite.js', import.meta.url).href
    const script = `const { openSqlite } = await import(${JSON.stringify(dist)})
const { tables } = await openSqlite(${JSON.stringify(at('lasting.sqlite'))})
console.log(tables.length)
setInterval(() => {}, 1000)`
    for (const signal of ['SIGKILL', 'SIGINT', 'SIGTERM'] as const) {
      const env = { ...process.env, TMPDIR: at('temporary') }
      const reader = spawn(process.execPath, ['--input-type=module', '-e', script], {
        env,
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const ended = new Promise((resolve) => reader.on('close', (_, by) => resolve(by)))
      await new Promise((resolve) => reader.stdout.once('data', resolve))
      reader.kill(signal)
      expect(await ended).toBe(signal)
      expect(readdirSync(at('temporary'))).toEqual([])
    }
  })

  it('adds rows only to a file that may have some, and leaves nothing of a write that ends in the middle', async () => {
    await writeDatabase(at('full.sqlite'), database)
    await expect(writeDatabase(at('full.sqlite'), database)).rejects.toThrow(
      /full.sqlite, table countries has 4 rows: give a new file, or `append`/,
    )
    const before = readFileSync(at('full.sqlite'))
    await expect(writeDatabase(at('full.sqlite'), database, { append: true })).rejects.toThrow(
      /table countries: UNIQUE constraint failed: countries.code/,
    )
    expect(readFileSync(at('full.sqlite'))).toEqual(before)
    for (const target of ['killed.sqlite', 'killed', 'killed.duckdb', 'killed.sql']) {
      const child = spawn(
        process.execPath,
        [new URL('./write-forever.mjs', import.meta.url).pathname, at(target)],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      )
      await new Promise((resolve) => {
        child.stdout.on('data', (text) => {
          if (String(text).includes('1000')) child.kill('SIGKILL')
        })
        child.on('close', resolve)
      })
      expect([target, existsSync(at(target))]).toEqual([target, false])
    }
    const aborting = new AbortController()
    const { columns } = database.tables.get('countries')!
    const chunks = (function* () {
      aborting.abort()
      yield { count: 1, columns: columns.map((column) => ({ ...column, cells: Float64Array.of(0) })) }
    })()
    const countries = { columns, chunks }
    const tables = new Map<string, Table | RowStream>([...database.tables, ['countries', countries]])
    const stopped = writeDatabase(at('stopped.sqlite'), { ...database, tables }, { signal: aborting.signal })
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' })
    expect(readdirSync(folder).filter((name) => name.startsWith('stopped'))).toEqual([])
  })

  it('takes a .sql file of all tables', async () => {
    await writeDatabase(at('shop.sql.gz'), database)
    const rows = inPython(
      at('from-sql.sqlite'),
      `import gzip, re
text = gzip.open('${at('shop.sql.gz')}', 'rt', encoding='utf8', newline='').read()
head, rest = re.split(r'(?=/\\*!50503)', text, maxsplit=1)
c.executescript(re.sub(r'^-- ', '', head.split('\\n', 1)[1], flags=re.M))
c.execute('PRAGMA foreign_keys=ON')
c.executescript(rest)
assert c.execute('PRAGMA foreign_key_check').fetchall() == []
print(c.execute('SELECT count(*), count(referrer_id), sum(referrer_id) FROM customers').fetchone(), c.execute('SELECT count(*) FROM items').fetchone())`,
    )
    const referrers = shop.customers!.flatMap(
      (row) => (row as { referrer_id: number | null }).referrer_id ?? [],
    )
    const sum = referrers.reduce((a, b) => a + b, 0)
    expect(rows).toBe(`(${shop.customers!.length}, ${referrers.length}, ${sum}) (${shop.items!.length},)`)
  })

  it('streams a million children in little memory, both ways', { timeout: 300_000 }, () => {
    const script = new URL('./million-children.mjs', import.meta.url).pathname
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [script, at('million.sqlite'), at('million')],
      { encoding: 'utf8' },
    )
    expect([status, stderr]).toEqual([0, ''])
    const { written, read, children } = JSON.parse(stdout)
    expect(children).toBe(1_000_000)
    expect(statSync(at('million.sqlite')).size).toBeGreaterThan(10_000_000)
    expect(written).toBeLessThan(600e6)
    expect(read).toBeLessThan(600e6)
  })
})
