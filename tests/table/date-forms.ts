/** Forms of dates of every sort that Moonstep writes. */
export const isoForms = [
  'YYYY-MM-DD',
  'YYYY-MM-DD hh:mm',
  'YYYY-MM-DDThh:mm',
  'YYYY-MM-DD hh:mm:ss',
  'YYYY-MM-DDThh:mm:ss',
  'YYYY-MM-DDThh:mm:ssZ',
  'YYYY-MM-DD hh:mm:ss.sss',
  'YYYY-MM-DDThh:mm:ss.sss',
  'YYYY-MM-DDThh:mm:ss.sssZ',
  'YYYY-MM',
  'hh:mm',
  'hh:mm:ss',
]

/** Forms that need no order of day and month to be read. */
export const certainForms = [
  ...isoForms,
  'YYYY/MM/DD',
  'YYYY.M.D',
  'YYYY-MM-DDThh:mm:ss+02:00',
  'YYYY-MM-DD hh:mm-0330',
  'YYYY-MM-DD hh:mm:ss [UTC]',
  'MMM D YYYY',
  'MMM DD, YYYY',
  'MMMM D, YYYY',
  'D MMMM YYYY',
  'DD-MMM-YYYY',
  'DD-MON-YYYY',
  'dddd, MMMM D, YYYY h:mm a',
  'ddd, DD MMM YYYY hh:mm:ss [GMT]',
  'ddd, D MMM YYYY hh:mm:ss +0530',
  'GGGG-[W]WW',
  'h:mm A',
  'hh:mm:ss A',
  'h:mm',
  's',
  'ms',
]

export const orderedForms = [
  'MM/DD/YYYY',
  'M/D/YYYY',
  'M/D/YYYY h:mm A',
  'M/D/YYYY, h:mm:ss A',
  'DD.MM.YYYY',
  'D.M.YYYY hh:mm:ss',
  'DD/MM/YYYY hh:mm',
  'DD-MM-YYYY h:mm',
]
