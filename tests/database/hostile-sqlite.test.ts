import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.ts'
import type { Schema } from '../../src/database/schema.ts'
import { readDatabase } from '../../src/database/stores/read.ts'
import { afterBrackets, tokensOf } from '../../src/database/stores/sql-tokens.ts'
import { connectSqlite } from '../../src/database/stores/sqlite-connection.ts'
import { writeDatabase } from '../../src/database/stores/write.ts'
import { folderOf } from '../helpers/folders.ts'
import { tablesOf } from './shop.ts'

const { at, folder } = folderOf('hostile')

const schema: Schema = {
  format: 1,
  tables: {
    pets: { columns: { id: 'integer', kind: 'category' }, key: ['id'], references: [] },
    visits: {
      columns: { no: 'integer', pet: 'integer' },
      key: ['no'],
      references: [{ columns: ['pet'], table: 'pets', optional: false }],
    },
  },
}
const range = (count: number) => Array.from({ length: count }, (_, i) => i)
const rows = {
  pets: range(30).map((i) => ({ id: i + 1, kind: i % 2 ? 'cat' : 'dog' })),
  visits: range(60).map((i) => ({ no: i + 1, pet: (i % 30) + 1 })),
}
const database = { schema, tables: tablesOf(schema, rows) }
const honest = {
  pets: 'CREATE TABLE pets(id INTEGER PRIMARY KEY, kind TEXT)',
  visits: 'CREATE TABLE visits(no INTEGER PRIMARY KEY, pet INT REFERENCES pets)',
  by_pet: 'CREATE INDEX by_pet ON visits(pet)',
}

/** A file of another database, whose rows are nobody else's. */
const secret = at('secret.sqlite')
{
  const connection = await connectSqlite(secret, false)
  connection.exec("CREATE TABLE people(name TEXT); INSERT INTO people VALUES ('Ada-the-secret')")
  connection.close()
}

/** Writes a file whose sqlite_schema has these texts. */
async function crafted(file: string, texts: Partial<Record<keyof typeof honest, string | Uint8Array>>) {
  rmSync(file, { force: true })
  const connection = await connectSqlite(file, false)
  connection.exec(`${Object.values(honest).join(';')}; PRAGMA writable_schema=ON`)
  for (const [name, text] of Object.entries(texts))
    connection.run('UPDATE sqlite_schema SET sql = ? WHERE name = ?', [text, name])
  connection.close()
}

/** Writes like a file; nothing, or the one line of the refusal. */
async function writtenLike(file: string, target: string): Promise<string | undefined> {
  try {
    await writeDatabase(target, database, { source: file })
    return undefined
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    expect(error.message).toMatch(/^[^\p{Cc}\u2028\u2029]+$/u)
    return error.message
  }
}

const [source, target, stolen] = ['source.sqlite', 'target.sqlite', 'stolen.sqlite'].map((name) => at(name))

/** Fails unless the folder has only the files of this test, and the new one only the tables, whole, or is absent. */
async function requireHarmless(problem: string | undefined): Promise<void> {
  const known = ['secret.sqlite', 'source.sqlite', 'target.sqlite']
  expect(readdirSync(folder).filter((name) => !known.includes(name))).toEqual([])
  expect(existsSync(target!)).toBe(problem === undefined)
  if (problem !== undefined) return
  expect(readFileSync(target!, 'latin1')).not.toContain('Ada-the-secret')
  const connection = await connectSqlite(target!)
  const names = connection.all("SELECT name FROM sqlite_schema WHERE type <> 'index' ORDER BY name")
  const counts = connection.get(
    'SELECT (SELECT count(*) FROM pets) AS pets, (SELECT count(*) FROM visits) AS visits',
  )
  connection.close()
  rmSync(target!)
  expect(names.filter(({ name }) => name !== 'sqlite_sequence').map(({ name }) => name)).toEqual([
    'pets',
    'visits',
  ])
  expect(counts).toEqual({ pets: 30, visits: 60 })
}

const attack = `COMMIT; ATTACH '${secret}' AS s; ATTACH '${stolen}' AS o; CREATE TABLE o.people AS SELECT * FROM s.people; CREATE TABLE main.people AS SELECT * FROM s.people; BEGIN`

it.each([
  ['a table', { pets: `${honest.pets}; ${attack}` }],
  ['an index', { by_pet: `${honest.by_pet}; ${attack}` }],
  ['the condition of an index', { by_pet: `${honest.by_pet} WHERE pet > 0; ${attack}` }],
])('statements after the definition of %s are not run', async (_, texts) => {
  await crafted(source!, texts)
  const problem = await writtenLike(source!, target!)
  expect(problem).toMatch(
    /source.sqlite: the definition of the (table pets|index by_pet) is not a single CREATE (TABLE|INDEX) statement, and is not run: give another file as `source`$/,
  )
  await requireHarmless(problem)
})

it.each([
  ['a table of a query', { pets: 'CREATE TABLE pets AS SELECT 1 AS id, 2 AS kind' }],
  ['a temporary table', { pets: 'CREATE TEMP TABLE pets(id INTEGER PRIMARY KEY, kind TEXT)' }],
  ['a table of another name', { pets: 'CREATE TABLE others(id INTEGER PRIMARY KEY, kind TEXT)' }],
  ['a table of another database', { pets: 'CREATE TABLE main.pets(id INTEGER PRIMARY KEY, kind TEXT)' }],
  ['a view', { pets: 'CREATE VIEW pets AS SELECT 1 AS id, 2 AS kind' }],
  ['a trigger', { by_pet: 'CREATE TRIGGER by_pet AFTER INSERT ON visits BEGIN DELETE FROM pets; END' }],
  ['a virtual table', { pets: 'CREATE VIRTUAL TABLE pets USING fts5(id, kind)' }],
  ['another statement', { pets: `ATTACH '${stolen}' AS o` }],
  [
    'a query where a default is',
    { pets: 'CREATE TABLE pets(id INTEGER PRIMARY KEY, kind TEXT DEFAULT (SELECT 1))' },
  ],
  [
    'a query where a check is',
    { pets: 'CREATE TABLE pets(id INTEGER PRIMARY KEY, kind TEXT CHECK (kind IN (SELECT 1)))' },
  ],
  ['bytes for a text', { pets: new TextEncoder().encode(honest.pets) }],
  ['a text that ends in the middle', { pets: `${honest.pets}\0; ${attack}` }],
  ['a quote without its end', { pets: `CREATE TABLE pets(id INTEGER PRIMARY KEY, kind TEXT) -- "\n'` }],
  ['an index of another table', { by_pet: 'CREATE INDEX by_pet ON pets(kind)' }],
])('%s where a definition should be is refused, or leaves nothing in the new file', async (_, texts) => {
  await crafted(source!, texts)
  await requireHarmless(await writtenLike(source!, target!))
})

it('no text of a definition runs anything else', async () => {
  const part = fc.constantFrom(
    ...[
      "'",
      '"',
      '`',
      '[',
      ']',
      '(',
      ')',
      ';',
      ',',
      '--',
      '\n',
      '/*',
      '*/',
      '\0',
      '\\',
      '$',
      '\u00a0',
      '\ufeff',
      'é',
      '😀',
      '\ud800',
    ],
    ...[
      'COMMIT',
      'BEGIN',
      'END',
      attack,
      `ATTACH '${stolen}' AS o`,
      `VACUUM INTO '${stolen}'`,
      'DROP TABLE visits',
      'x',
      '1',
      "x'00'",
    ],
    ...[
      ' AS SELECT 1',
      ' CHECK (',
      ' DEFAULT ',
      ' WITHOUT ROWID',
      ' STRICT',
      ' WHERE ',
      'PRAGMA writable_schema=ON',
      'CREATE TABLE y(z)',
    ],
  )
  const hostile = fc.array(part, { maxLength: 6 }).map((parts) => parts.join(''))
  const name = fc.constantFrom(...(Object.keys(honest) as (keyof typeof honest)[]))
  let refused = 0
  await fc.assert(
    fc.asyncProperty(name, hostile, fc.nat(), async (name, text, place) => {
      const before = honest[name]
      const k = place % (before.length + 1)
      await crafted(source!, { [name]: `${before.slice(0, k)}${text}${before.slice(k)}` })
      const problem = await writtenLike(source!, target!)
      if (problem !== undefined) refused++
      await requireHarmless(problem)
    }),
    { numRuns: 80, seed: 57 },
  )
  // some texts are harmless, such as comments
  expect(refused).toBeGreaterThan(20)
  expect(refused).toBeLessThan(80)
})

it('every definition of an honest file comes along, to the letter', async () => {
  const definitions = `CREATE TABLE "pets"(id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL DEFAULT 'a;b' COLLATE NOCASE CHECK (kind NOT IN (')', ';')),
  "odd ""; name" REAL DEFAULT (1 + 2) /* ; ( */, [more;] INT GENERATED ALWAYS AS (id * 2) STORED, twice AS (id + id) -- ;)
  );
  CREATE TABLE 'visits' (no INT NOT NULL, pet INT NOT NULL REFERENCES pets(id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, PRIMARY KEY (no)) STRICT, WITHOUT ROWID;
  CREATE INDEX "i;1" ON VISITS(pet DESC) WHERE pet > 3 AND (no <> 7);
  CREATE UNIQUE INDEX i2 ON pets(id, lower(kind), "odd ""; name");
  CREATE INDEX [i3] ON pets(kind COLLATE BINARY) -- of Ada
  ;`
  const connection = await connectSqlite(at('honest.sqlite'), false)
  connection.exec(`${definitions} CREATE VIEW v AS SELECT 1;
    CREATE TRIGGER t AFTER INSERT ON visits BEGIN DELETE FROM pets; END; CREATE VIRTUAL TABLE words USING fts5(x)`)
  const textsIn =
    "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND tbl_name IN ('pets', 'visits') AND type <> 'trigger' ORDER BY type DESC, rowid"
  const before = connection.all(textsIn)
  connection.close()
  expect(before).toHaveLength(5)
  expect(await writtenLike(at('honest.sqlite'), at('honest-too.sqlite'))).toBeUndefined()
  const copy = await connectSqlite(at('honest-too.sqlite'))
  expect(copy.all(textsIn)).toEqual(before)
  expect(
    copy.all("SELECT name FROM sqlite_schema WHERE type IN ('view', 'trigger') OR name LIKE 'words%'"),
  ).toEqual([])
  expect(copy.get('SELECT max(twice) AS twice, max("more;") AS more FROM pets')).toEqual({
    twice: 60,
    more: 60,
  })
  copy.close()
  for (const file of ['honest.sqlite', 'honest-too.sqlite']) rmSync(at(file))
})

it.each(['.sqlite', '.duckdb', '.sql'])(
  'words of a schema in code run nothing else, in a %s file',
  async (ending) => {
    const harmful = 'TEXT); CREATE TABLE more(x); --'
    const tables = (pets: object, pet: object) => ({
      pets: { ...schema.tables.pets!, ...pets },
      visits: { ...schema.tables.visits!, references: [{ ...schema.tables.visits!.references[0]!, ...pet }] },
    })
    for (const [words, place] of [
      [{ declared: { kind: harmful } }, {}],
      [{}, { actions: `ON DELETE CASCADE${harmful}` }],
    ] as const) {
      const written = writeDatabase(at(`words${ending}`), {
        ...database,
        schema: { format: 1, tables: tables(words, place) },
      })
      await expect(written).rejects.toThrow(
        /^the schema's table (pets|visits) has '.*TEXT\); CREATE TABLE .*': give a type/,
      )
    }
    expect(existsSync(at(`words${ending}`))).toBe(false)
  },
)

it('long texts of quotes, comments and brackets are read in one pass', () => {
  for (const part of ["'", '"', '`', "''", '[', '/*', '--', '(', '/', '*/', 'a', ' ']) {
    const tokens = tokensOf(part.repeat(2 ** 18))
    if (tokens) afterBrackets(tokens, 0)
  }
  expect(tokensOf(`${"'a'".repeat(2 ** 20)}`)!.length).toBe(1)
})

it('bytes that are changed anywhere in a file are read, or refused with a line', async () => {
  await crafted(source!, {})
  await writtenLike(source!, target!)
  const whole = readFileSync(target!)
  const changes = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 })), {
    minLength: 1,
    maxLength: 40,
  })
  let refused = 0
  await fc.assert(
    fc.asyncProperty(changes, fc.nat(whole.length), fc.boolean(), async (changes, end, isCut) => {
      const bytes = Uint8Array.from(whole)
      for (const [place, value] of changes) bytes[place] = value
      writeFileSync(source!, isCut ? bytes.slice(0, end) : bytes)
      try {
        await readDatabase(source!)
      } catch (error) {
        if (!(error instanceof InputError)) throw error
        expect(error.message).toMatch(/^[^\p{Cc}\u2028\u2029]+$/u)
        refused++
      }
    }),
    { numRuns: 80, seed: 57 },
  )
  expect(refused).toBeGreaterThan(15)
})
