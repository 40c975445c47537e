/** Faker without its languages, which come from the page. */
import { Faker } from '@faker-js/faker'
import { version } from '@faker-js/faker/package.json'

Object.assign(self, { fakerCode: { Faker, version } })
