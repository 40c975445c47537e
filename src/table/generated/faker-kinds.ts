/** Which of faker's methods makes a column's texts, by its name and what its cells look like. */

/** What the cells of a column look like. */
export interface Looks {
  readonly areEmails: boolean
  /** Whether most have digits. */
  readonly haveDigits: boolean
  readonly hasForm: boolean
}

/** A method, which cells it may make (any, those without digits, or those without a form, which is closer), and names that mean it. */
type Kind = readonly [method: string, cells: 'any' | 'words' | 'unless formed', names: RegExp]

/** The first that fits counts; names are in lower case, their words separated by spaces. */
const kinds: readonly Kind[] = [
  ['internet.username', 'any', /\b(user ?name|login|nick ?name|screen name|handle)\b/],
  [
    'person.firstName',
    'words',
    /\b((first|given|fore) ?names?|name (first|given)|fname|vorname|prenom|prénom|voornaam)\b/,
  ],
  [
    'person.lastName',
    'words',
    /\b((last|family|sur) ?names?|name (last|family)|lname|nachname|familienname|nom de famille|apellidos?|achternaam)\b/,
  ],
  ['person.middleName', 'words', /\b(middle ?name|name middle)\b/],
  ['company.name', 'any', /\b(compan(y|ies)|employer|organi[sz]ation|vendor|supplier|firma)\b/],
  ['person.jobTitle', 'words', /\b(job|job title|emp title|occupation|position|profession|beruf)\b/],
  ['location.streetAddress', 'any', /\b(street|address|addr|adresse|straße|strasse|direccion|dirección)\b/],
  ['location.city', 'words', /\b(city|town|stadt|ort|ville|ciudad|municipality)\b/],
  ['location.county', 'words', /\bcounty\b/],
  ['location.country', 'words', /\b(country|land|pays)\b/],
  ['location.zipCode', 'unless formed', /\b(zip|zip ?code|post ?code|postal code|plz)\b/],
  ['phone.number', 'unless formed', /\b(phone|mobile|telephone|tel|fax)\b/],
  ['internet.url', 'unless formed', /\b(url|website|homepage|link)\b/],
  ['commerce.productName', 'unless formed', /\b(product|product name|item name)\b/],
  [
    'person.fullName',
    'words',
    /^(full ?)?name$|\b(player|author|director|artist|actor|customer|client|contact|employee|manager|owner|patient|passenger|student|teacher|person|nom|nombre|naam)( ?name)?$/,
  ],
]

/** The method for a column of this name, if its name or its cells say one. */
export function kindFor(name: string, { areEmails, haveDigits, hasForm }: Looks): string | undefined {
  if (areEmails) return 'internet.exampleEmail'
  const words = name
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
  const fits = { any: true, words: !haveDigits, 'unless formed': !hasForm }
  return kinds.find(([, cells, names]) => fits[cells] && names.test(words))?.[0]
}
