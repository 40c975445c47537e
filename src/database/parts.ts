/** The parts of a .moonstep file; the folder of a run has the first, too. */
export const databaseParts = { schema: 'schema.json', plans: 'tables.json' } as const
