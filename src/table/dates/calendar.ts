/** The milliseconds of a day. */
export const day = 86_400_000

/** Days since 1 January 1970 in the Gregorian calendar; undefined for a day that doesn't exist. */
export function daysSince1970(year: number, month: number, dayOfMonth: number): number | undefined {
  if (month < 1 || month > 12 || dayOfMonth < 1 || dayOfMonth > daysIn(year, month)) return undefined
  // a year that begins in March ends with the leap day, so the months before it have fixed lengths
  const shifted = month > 2 ? year : year - 1
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + dayOfMonth - 1
  return (
    365 * shifted +
    Math.floor(shifted / 4) -
    Math.floor(shifted / 100) +
    Math.floor(shifted / 400) +
    dayOfYear -
    719_468
  )
}

/** The number of days in a month, 1 to 12. */
export function daysIn(year: number, month: number): number {
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  return month === 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31
}

/** The day of the Gregorian calendar that is so many days after 1 January 1970. */
export function calendarDate(days: number): { year: number; month: number; dayOfMonth: number } {
  // an era is 400 years, which have 146,097 days
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    dayOfMonth: dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1,
  }
}

/** The day of the week of so many days after 1 January 1970, from Monday, 0. */
export function weekdayOf(days: number): number {
  // 1 January 1970 was a Thursday, 3
  return (((days + 3) % 7) + 7) % 7
}

/** The week that a day is in, as ISO 8601 counts: week 1 of a year has its first Thursday. */
export function weekOf(days: number): { year: number; week: number } {
  const { year } = calendarDate(days - weekdayOf(days) + 3)
  return { year, week: 1 + Math.floor((days - firstMonday(year)) / 7) }
}

/** The Monday of an ISO week, in days since 1 January 1970; undefined if the year has no such week. */
export function mondayOf(year: number, week: number): number | undefined {
  const days = firstMonday(year) + 7 * (week - 1)
  return week >= 1 && weekOf(days).year === year ? days : undefined
}

/** The Monday of a year's week 1, which has 4 January. */
function firstMonday(year: number): number {
  const fourth = daysSince1970(year, 1, 4)!
  return fourth - weekdayOf(fourth)
}
