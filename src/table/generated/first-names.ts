/** Frequent first names of many countries, by which names of people are recognised, whatever their column is called. */
// cSpell:disable
const firstNames = new Set(
  `james john robert michael william david richard joseph thomas charles christopher daniel matthew anthony
mark donald steven paul andrew kenneth kevin brian george edward ronald timothy jason ryan gary nicholas
eric jonathan stephen larry benjamin samuel gregory frank alexander raymond patrick jack peter albert fred
alfred mary patricia jennifer linda elizabeth barbara susan jessica sarah karen lisa nancy betty sandra
margaret ashley kimberly emily donna michelle carol amanda laura sharon angela anna ruth nicole katherine
samantha helen maria olivia emma sophia alice grace jane rose anne marie mike jim bob bill tom joe dan steve
chris tony dave martin juan carlos luis pedro miguel manuel antonio francisco fernando ana hans pierre jean
jacques claude giovanni ivan sergei dmitri olga jan lars erik ahmed mohamed mohammed muhammad ali hassan raj
priya wei ming joão joao
klaus stefan andreas giuseppe andrea carmen pablo piotr anders ravi mehmet fatima`.split(/\s+/),
)

/** A text of more characters, or with digits, is not a person's name. */
const longestName = 60

/** Whether a text looks like a person's name: one of its two to six words is a frequent first name. */
export function hasFirstName(text: string): boolean {
  if (text.length > longestName || /\d/.test(text)) return false
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? []
  return words.length >= 2 && words.length <= 6 && words.some((word) => firstNames.has(word))
}
