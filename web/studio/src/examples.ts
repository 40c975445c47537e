import shoppers from '../../../bench/data/online_shoppers.csv.gz?url'
import penguins from '../../../bench/data/penguins.csv.gz?url'
import titanic from '../../../bench/data/titanic.csv.gz?url'

/** An example table. */
export interface Example {
  readonly name: string
  readonly url: string
  readonly file: string
  readonly says: string
  /** Its source and licence. */
  readonly source: string
}

export const examples: readonly Example[] = [
  {
    name: 'Penguins',
    url: penguins,
    file: 'penguins.csv.gz',
    says: '344 birds, some measures missing',
    source: 'palmerpenguins (Horst, Hill, Gorman 2020), CC0',
  },
  {
    name: 'Titanic',
    url: titanic,
    file: 'titanic.csv.gz',
    says: '1,309 passengers, and who survived',
    source: 'Vanderbilt Biostatistics',
  },
  {
    name: 'Shoppers',
    url: shoppers,
    file: 'online_shoppers.csv.gz',
    says: '12,330 visits to a shop, and who bought',
    source: 'UCI Online Shoppers Purchasing Intention (Sakar, Kastro 2018), CC BY 4.0',
  },
]

/** The examples' files, loaded with the page so that nothing is fetched later. */
export function loadExamples(): Map<Example, Promise<File>> {
  return new Map(examples.map((example) => [example, fileOf(example)]))
}

async function fileOf({ url, file }: Example): Promise<File> {
  const answer = await fetch(url)
  if (!answer.ok) throw new Error(`${file} does not load: serve the folder as it was built`)
  return new File([await answer.blob()], file)
}
