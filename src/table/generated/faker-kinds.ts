/** Which of faker's methods makes a column's texts, by its name and what its cells look like. */

/** What the cells of a column look like. */
export interface Looks {
  readonly areEmails: boolean
  /** Whether most have digits. */
  readonly haveDigits: boolean
  readonly hasForm: boolean
}

/** A method, and the words of column names that mean it. */
interface Kind {
  readonly method: string
  readonly names: RegExp
  /** Whether its texts may have digits. */
  readonly mayHaveDigits?: boolean
  /** Whether a form of the cells is closer to them. */
  readonly yields?: boolean
}

/** The first that fits counts; names are in lower case, their words separated by spaces. */
const kinds: readonly Kind[] = [
  {
    method: 'internet.username',
    names: /\b(user ?name|login|nick ?name|screen name|handle)\b/,
    mayHaveDigits: true,
  },
  {
    method: 'person.firstName',
    names: /\b((first|given|fore) ?names?|name (first|given)|fname|vorname|prenom|prénom|voornaam)\b/,
  },
  {
    method: 'person.lastName',
    names:
      /\b((last|family|sur) ?names?|name (last|family)|lname|nachname|familienname|nom de famille|apellidos?|achternaam)\b/,
  },
  { method: 'person.middleName', names: /\b(middle ?name|name middle)\b/ },
  {
    method: 'company.name',
    names: /\b(compan(y|ies)|employer|organi[sz]ation|vendor|supplier|firma)\b/,
    mayHaveDigits: true,
  },
  { method: 'person.jobTitle', names: /\b(job|job title|emp title|occupation|position|profession|beruf)\b/ },
  {
    method: 'location.streetAddress',
    names: /\b(street|address|addr|adresse|straße|strasse|direccion|dirección)\b/,
    mayHaveDigits: true,
  },
  { method: 'location.city', names: /\b(city|town|stadt|ort|ville|ciudad|municipality)\b/ },
  { method: 'location.county', names: /\bcounty\b/ },
  { method: 'location.country', names: /\b(country|land|pays)\b/ },
  {
    method: 'location.zipCode',
    names: /\b(zip|zip ?code|post ?code|postal code|plz)\b/,
    mayHaveDigits: true,
    yields: true,
  },
  {
    method: 'phone.number',
    names: /\b(phone|mobile|telephone|tel|fax)\b/,
    mayHaveDigits: true,
    yields: true,
  },
  { method: 'internet.url', names: /\b(url|website|homepage|link)\b/, mayHaveDigits: true, yields: true },
  {
    method: 'commerce.productName',
    names: /\b(product|product name|item name)\b/,
    mayHaveDigits: true,
    yields: true,
  },
  {
    method: 'person.fullName',
    names:
      /^(full ?)?name$|\b(player|author|director|artist|actor|customer|client|contact|employee|manager|owner|patient|passenger|student|teacher|person|nom|nombre|naam)( ?name)?$/,
  },
]

/** The method for a column of this name, if its name or its cells say one. */
export function kindFor(name: string, { areEmails, haveDigits, hasForm }: Looks): string | undefined {
  if (areEmails) return 'internet.exampleEmail'
  const words = name
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
  return kinds.find(
    ({ names, mayHaveDigits, yields }) =>
      names.test(words) && (mayHaveDigits || !haveDigits) && !(yields && hasForm),
  )?.method
}
