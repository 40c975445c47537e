/** Frequent first names of many countries, by which names of people are recognised, whatever their column is called. */
// cSpell:disable
const firstNames = new Set(
  `james john robert michael william david richard joseph thomas charles christopher daniel matthew anthony mark donald
steven paul andrew joshua kenneth kevin brian george edward ronald timothy jason jeffrey ryan jacob gary nicholas eric jonathan
stephen larry justin scott brandon benjamin samuel gregory frank alexander raymond patrick jack dennis jerry tyler aaron jose henry
adam douglas nathan peter zachary kyle walter harold jeremy ethan carl keith roger gerald arthur albert fred alfred ernest mary
patricia jennifer linda elizabeth barbara susan jessica sarah karen lisa nancy betty sandra margaret ashley kimberly emily donna
michelle carol amanda melissa deborah stephanie rebecca laura sharon cynthia kathleen amy angela shirley anna ruth brenda pamela
nicole katherine samantha christine helen debra rachel carolyn janet maria olivia heather diane julie joyce victoria kelly
christina joan evelyn lauren judith emma sophia alice grace jane rose martha anne marie florence mike jim bob bill tom joe dan
steve chris tony dave jimmy bobby johnny louis harry oliver lucas leo max simon martin philip roy ralph eugene juan carlos luis
jorge pedro miguel manuel antonio francisco fernando rafael diego pablo javier alejandro carmen ana lucia isabel elena rosa
hans klaus wolfgang jürgen stefan andreas thorsten michel pierre jean jacques françois claude nicolas sophie camille giovanni
marco luca andrea giuseppe francesca giulia ivan sergei dmitri vladimir alexei olga natalia tatiana jan piotr pawel tomasz
krzysztof agnieszka katarzyna lars erik johan anders sven karin ingrid mehmet mustafa ahmed mohamed mohammed muhammad ali omar hassan fatima
raj rahul amit priya ravi sanjay wei ming hiroshi kenji yuki joão joao paulo lucas ana beatriz`.split(/\s+/),
)

/** A text of more characters, or with digits, is not a person's name. */
const longestName = 60

/** Whether a text looks like a person's name: one of its two to six words is a frequent first name. */
export function hasFirstName(text: string): boolean {
  if (text.length > longestName || /\d/.test(text)) return false
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? []
  return words.length >= 2 && words.length <= 6 && words.some((word) => firstNames.has(word))
}
