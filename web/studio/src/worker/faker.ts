import type { Faker, LocaleDefinition } from '@faker-js/faker'
import { provideFaker } from 'moonstep/web'
import type { FakerAnswer, FakerMessage } from '../faker.ts'

/** What faker's own script leaves in the worker. */
interface WithFaker {
  fakerCode?: {
    readonly Faker: new (options: { locale: LocaleDefinition[] }) => Faker
    readonly version: string
  }
}

/** Lets this worker ask its page for faker, when a column needs it: a worker that begins as a blob can't load another file. */
export function requestFaker(): void {
  provideFaker(async (locale) => {
    const { port1, port2 } = new MessageChannel()
    const answered = new Promise<FakerAnswer>((resolve) => {
      port1.onmessage = ({ data }: MessageEvent<FakerAnswer>) => resolve(data)
    })
    const message: FakerMessage = { type: 'faker', locale, port: port2 }
    postMessage(message, { transfer: [port2] })
    const answer = await answered
    port1.close()
    if (!answer) throw new Error(`the page has no language ${locale}`)
    await import(/* @vite-ignore */ answer.script)
    const { Faker, version } = (self as WithFaker).fakerCode!
    return { faker: new Faker({ locale: [...answer.words] }), version }
  })
}
