import type { connectSqlite } from '../../src/database/stores/sqlite-connection.ts'
import type { Row } from '../../src/table/table.ts'

const range = (count: number) => Array.from({ length: count }, (_, i) => i)
const day = (i: number) => new Date(Date.UTC(2023, 0, 1 + i)).toISOString().slice(0, 10)

/**
 * Rows that a copy could spoil: keys that begin anywhere, keys of texts of which some are digits, keys of two columns, references that
 * rows lack, free texts, and a column that says nothing.
 */
export const pets: Readonly<Record<string, readonly Row[]>> = {
  owners: range(60).map((i) => ({
    id: 1 + ((i * 37) % 60),
    name: `Owner ${(i * 7919) % 60} of ${i}`,
    note: i % 7 === 3 ? null : `It's number ${i * i}; "${'abc'[i % 3]}"`,
    since: i % 5 === 0 ? null : day(i * 3),
    same: 'x',
  })),
  breeds: [...range(40).map((i) => `${i + 3}`), 'B-007', 'C/1'].map((code, i) => ({
    code,
    weight: i / 4,
    label: `Breed ${i}`,
  })),
  shows: range(30).map((i) => ({
    year: 2000 + Math.floor(i / 3),
    place: ['Bern', 'Gent', 'Köln'][i % 3]!,
    size: i * 5,
  })),
  animals: range(90).map((i) => ({
    no: 1000 - i * 3,
    owner_id: 1 + (i % 60),
    breed: `${3 + (i % 40)}`,
    mother: i < 20 || i % 4 === 0 ? null : 1000 - (i - 20) * 3,
    year: i % 6 === 0 ? null : 2000 + (i % 10),
    place: i % 6 === 0 ? null : ['Bern', 'Gent', 'Köln'][i % 3]!,
    story: `Once ${(i * 104729) % 1000} times upon ${i}`,
  })),
}

/** How SQL creates the tables, with `day` the type of dates. */
export const creationOfPets = (day: string) => [
  `CREATE TABLE owners(id INTEGER PRIMARY KEY, name VARCHAR(80) NOT NULL, note TEXT, since ${day}, same TEXT)`,
  'CREATE TABLE breeds(code VARCHAR(20) PRIMARY KEY, weight REAL, label TEXT NOT NULL)',
  'CREATE TABLE shows(year INTEGER NOT NULL, place VARCHAR(20) NOT NULL, size INTEGER, PRIMARY KEY (year, place))',
  `CREATE TABLE animals(no INTEGER PRIMARY KEY, owner_id INTEGER NOT NULL REFERENCES owners(id), breed VARCHAR(20) NOT NULL REFERENCES breeds(code),
    mother INTEGER REFERENCES animals(no), year INTEGER, place VARCHAR(20), story TEXT NOT NULL, FOREIGN KEY (year, place) REFERENCES shows(year, place))`,
]

/** Writes them with SQLite itself. */
export function fillWithPets(connection: Awaited<ReturnType<typeof connectSqlite>>): void {
  connection.exec(`${creationOfPets('DATE').join(';')}; BEGIN`)
  for (const [table, rows] of Object.entries(pets))
    for (const row of rows) {
      const values = Object.values(row)
      connection.run(`INSERT INTO ${table} VALUES (${values.map(() => '?').join(', ')})`, values)
    }
  connection.exec('COMMIT')
}
