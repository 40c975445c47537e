import { describe, expect, it } from 'vitest'
import { allowedName, isLoopback, requireBodyType, requireOwnCaller } from '../../src/serve/callers.ts'
import { Refusal } from '../../src/serve/refusal.ts'

const kindOf = (check: () => void) => {
  try {
    check()
    return 'passes'
  } catch (error) {
    return error instanceof Refusal ? error.kind : error
  }
}

describe('on this machine alone', () => {
  const local = { isLoopback: true, allowed: ['rows.example'] }
  it.each([
    [{ host: '127.0.0.1:8000' }, 'passes'],
    [{ host: 'LOCALHOST' }, 'passes'],
    [{ host: '[::1]:1' }, 'passes'],
    [{ host: 'rows.example:8000' }, 'passes'],
    [{}, 'passes'],
    [{ host: 'evil.example:8000' }, 'wrong-host'],
    [{ host: 'localhost.evil.example' }, 'wrong-host'],
    [{ host: 'localhost:8000:1' }, 'wrong-host'],
    [{ host: '127.0.0.1@evil.example' }, 'wrong-host'],
    [{ host: '' }, 'wrong-host'],
    [{ host: 'localhost:8000', origin: 'http://localhost:8000' }, 'passes'],
    [{ host: 'localhost:8000', origin: 'https://rows.example' }, 'passes'],
    [{ host: 'localhost:8000', origin: 'http://localhost:3000' }, 'foreign-page'],
    [{ host: 'localhost:8000', origin: 'http://evil.example' }, 'foreign-page'],
    [{ host: 'localhost:8000', origin: 'null' }, 'foreign-page'],
    [{ host: 'localhost:8000', origin: 'file://localhost:8000' }, 'foreign-page'],
    [{ host: 'localhost', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, 'foreign-page'],
    [{ host: 'localhost', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, 'passes'],
    [{ host: 'localhost', 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' }, 'passes'],
    [{ host: 'localhost', 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' }, 'passes'],
  ])('%j %s', (headers, expected) => {
    expect(kindOf(() => requireOwnCaller(headers, local))).toBe(expected)
  })
})

describe('on other addresses', () => {
  it.each([
    [{ host: 'any.example' }, 'passes'],
    [{ host: 'any.example', origin: 'http://any.example' }, 'passes'],
    [{ host: 'any.example', origin: 'http://evil.example' }, 'foreign-page'],
  ])('%j %s', (headers, expected) => {
    expect(kindOf(() => requireOwnCaller(headers, { isLoopback: false, allowed: [] }))).toBe(expected)
  })

  it.each([
    ['127.0.0.1', true],
    ['127.9.9.9', true],
    ['::1', true],
    ['0.0.0.0', false],
    ['::', false],
    ['192.168.0.1', false],
  ])('%s is of this machine alone: %s', (address, expected) => {
    expect(isLoopback(address)).toBe(expected)
  })
})

it.each([
  ['text/plain;charset=UTF-8', 'wrong-type'],
  ['TEXT/PLAIN', 'wrong-type'],
  ['application/x-www-form-urlencoded', 'wrong-type'],
  ['multipart/form-data; boundary=x', 'wrong-type'],
  ['application/json', 'passes'],
  ['application/octet-stream', 'passes'],
  [undefined, 'passes'],
])('a body of type %s %s', (type, expected) => {
  expect(kindOf(() => requireBodyType({ 'content-type': type }))).toBe(expected)
})

it.each(['http://x', 'x:80', '*', '', 'a b'])('%j is no name of a host', (name) => {
  expect(() => allowedName(name)).toThrow(/^allowHost is '.*': give a name such as/)
})
