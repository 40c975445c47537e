/**
 * The fewest training rows that anything in a file is derived from: a number, a name, a date, a text or a combination of only one or two
 * rows would give them away to everyone who has the file.
 */
export const leastRows = 3
