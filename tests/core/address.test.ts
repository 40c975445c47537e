// cspell:ignore sslpassword ssword
import { describe, expect, it } from 'vitest'
import { redactorOf, withoutPasswords } from '../../src/core/address.ts'
import { InputError } from '../../src/core/errors.ts'
import { cannotWrite } from '../../src/core/files.ts'

describe('a text without passwords', () => {
  it.each([
    ['postgres://ann:s3cr3t@host:5432/shop', 'postgres://ann@host:5432/shop'],
    ['to postgres://postgres:s3cr3t@host/postgres', 'to postgres://postgres@host/postgres'],
    ['POSTGRESQL://ann:s3cr3t@host/shop', 'POSTGRESQL://ann@host/shop'],
    [
      'postgres://ann:s3cr3t@a:1,b:2/shop?target_session_attrs=any',
      'postgres://ann@a:1,b:2/shop?target_session_attrs=any',
    ],
    ['postgres://:s3cr3t@host/shop', 'postgres://@host/shop'],
    ['postgres://ann:s3cr3t%40x@host/shop', 'postgres://ann@host/shop'],
    // signs that should be escaped
    ['postgres://ann:s3cr3t@s3cr3t@host/shop', 'postgres://ann@host/shop'],
    ['postgres://ann:s3cr3t/s3cr3t@host/shop', 'postgres://ann@host/shop'],
    ['postgres://ann:1/s3cr3t@host/shop', 'postgres://ann@host/shop'],
    ['postgres://ann:s3cr3t?s3cr3t#@host/shop', 'postgres://ann@host/shop'],
    ['postgres://ann:s3cr3t s3cr3t@host/shop', 'postgres://ann@host/shop'],
    // mistyped protocols, others, and none
    ['postgres:/ann:s3cr3t@host/shop', 'postgres:/ann@host/shop'],
    ['mysql+x://ann:s3cr3t@host/shop', 'mysql+x://ann@host/shop'],
    ['ann:s3cr3t@host/shop', 'ann@host/shop'],
    ['no file ann:s3cr3t@host:5/shop here', 'no file ann@host:5/shop here'],
    // parameters, and a connection string
    [
      'postgres://host/shop?user=ann&password=s3cr3t&schema=x',
      'postgres://host/shop?user=ann&password=***&schema=x',
    ],
    ['postgres://ann@host/shop?sslpassword=s3cr3t#x', 'postgres://ann@host/shop?sslpassword=***#x'],
    ['postgres://ann@host/shop?p%61ssword=s3cr3t', 'postgres://ann@host/shop?p%61ssword=***'],
    ["host=h password = 's3cr3t s3cr3t' port=1", 'host=h password = *** port=1'],
    ['PGPASSWORD=s3cr3t moonstep schema x', 'PGPASSWORD=*** moonstep schema x'],
    [
      "from 'postgres://a:s3cr3t@h/x' to postgres://b:s3cr3t@h/y: no",
      "from 'postgres://a@h/x' to postgres://b@h/y: no",
    ],
  ])('%s', (text, shown) => expect(withoutPasswords(text)).toBe(shown))

  it.each([
    'give postgres://user@host:5432/database',
    'postgres://host:5432/shop?user=ann@example.org',
    'https://example.org/a?b=c',
    'at 12:30 write to ann@example.org, where a = b and c:d',
    'C:\\shop\\@new\\x',
    'key = 3: unknown column, choose from a, b',
  ])('is the same if it has none: %s', (text) => expect(withoutPasswords(text)).toBe(text))

  it('takes time in proportion to its length', () => {
    // quadratic time would be hours
    for (const part of ['a:', ':@', '://', '://a:', 'password', 'x=', ' =', '@', '?a=', 'postgres:/'])
      expect(withoutPasswords(`${part.repeat(200_000)}@`).length).toBeGreaterThan(0)
  })
})

it('a redactor hides secrets in the messages of others, in any spelling', () => {
  const redact = redactorOf('postgres://ann:p%40ss%20w@host/shop?sslpassword=inn%26er', ['outer', undefined])
  expect(redact('p%40ss%20w, p@ss w, inn&er, inn%26er and outer')).toBe('***, ***, ***, *** and ***')
})

it('errors never have a password, in their message, value or stack', () => {
  const address = 'postgres://ann:s3cr3t@host/shop'
  const error = new InputError(`${address} is wrong`, 'bad-data', { option: 'dataset', value: address })
  const failed = cannotWrite(
    address,
    Object.assign(new Error(`open '${address}'`), { syscall: 'open' }),
  ) as Error
  for (const each of [error.message, error.value, error.stack, failed.message, failed.stack])
    expect(each).not.toContain('s3cr3t')
})

it('a value of ten megabytes in an error is cut, and does not run out of stack', () => {
  for (const value of [`a=${'b'.repeat(1e7)}`, `${'a '.repeat(5e6)}@`, `postgres://a:${'b'.repeat(1e7)}@c`])
    expect(String(new InputError('too long', 'out-of-range', { value }).value).length).toBeLessThan(200_000)
})
