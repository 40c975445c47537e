import type { Schema } from '../../src/database/schema.ts'

/** Teams by year, which are kept; players, of these columns beside their id; and the seasons of players in teams. */
export function careersSchema(ofPlayers: Schema['tables'][string]['columns']): Schema {
  return {
    format: 1,
    tables: {
      teams: {
        columns: { year: 'integer', team: 'category', wins: 'integer' },
        key: ['year', 'team'],
        references: [],
        keep: true,
      },
      players: { columns: { id: 'key', ...ofPlayers }, key: ['id'], references: [] },
      seasons: {
        columns: { id: 'integer', year: 'integer', team: 'category', games: 'integer' },
        references: [
          { columns: ['id'], table: 'players', optional: false },
          { columns: ['year', 'team'], table: 'teams', optional: false },
        ],
        order: 'year',
      },
    },
  }
}
