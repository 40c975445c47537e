import { describe, expect, it } from 'vitest'
import type { Comparison } from '../../src/compare/compare.ts'
import { describeComparison } from '../../src/compare/describe.ts'
import { type Block, sparkline, toMarkdown, toText } from '../../src/compare/document.ts'
import { bound, exact, percent, short, shortAbove } from '../../src/core/format.ts'
import { exportNoisePredictor } from '../../src/export/export-model.ts'
import { changeNumber, compareSmall, lying, lyingAbout, sabotaged, smallModel } from './helpers.ts'

const model = await exportNoisePredictor(smallModel)

describe('numbers of a comparison', () => {
  it('are written in few digits', () => {
    expect([0, 1.234e-7, 0.5, Number.NaN, Number.POSITIVE_INFINITY, null].map(short)).toEqual([
      '0',
      '1.2e-7',
      '0.5',
      'not finite',
      'not finite',
      '-',
    ])
    expect([0, 1e-5, 0.02, 1].map(bound)).toEqual(['0', '1e-5', '0.02', '1'])
    expect([0.044, 0.00031, 1.2, 0, 250.2, 1e7, Number.POSITIVE_INFINITY].map(percent)).toEqual([
      '4 %',
      '0.03 %',
      '120 %',
      '0 %',
      '250 times',
      '1e+7 times',
      'not finite',
    ])
    expect([Math.fround(0.1), Number.NaN].map(exact)).toEqual(['0.100000001', 'NaN'])
  })

  it('that are rounded up are at most a tenth too large', () => {
    for (let i = 0; i < 2000; i++) {
      const x = 10 ** (-9 + i / 150)
      const above = Number(shortAbove(x))
      expect(above).toBeGreaterThanOrEqual(x)
      expect(above / x).toBeLessThanOrEqual(1.1)
    }
  })

  it('make a curve with a mark for each decade', () => {
    expect(sparkline([0, 1e-9, 5e-7, 5e-6, 5e-5, 5e-4, 5e-3, 5e-2, 5, Number.POSITIVE_INFINITY, null])).toBe(
      '·▁▂▃▄▅▆▇█!?',
    )
    const long = sparkline(Array.from({ length: 1001 }, (_, k) => (k === 500 ? 1 : 1e-9)))
    expect(long.length).toBeLessThanOrEqual(24)
    expect(long).toContain('█')
  })
})

describe('a document', () => {
  const blocks: Block[] = [
    { kind: 'title', text: 'a_b' },
    { kind: 'text', text: 'word '.repeat(40).trim() },
    { kind: 'list', items: ['one', 'two '.repeat(60).trim()] },
    {
      kind: 'table',
      rows: [
        ['name', 'n'],
        ['a|b', '1'],
        ['c', '100'],
      ],
      numbers: [false, true],
    },
  ]

  it('for a terminal is at most 100 wide, with aligned tables', () => {
    const lines = toText(blocks).split('\n')
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100)
    expect(lines.slice(-4, -1)).toEqual(['name    n', 'a|b     1', 'c     100'])
    expect(lines.some((line) => line.startsWith('  two'))).toBe(true)
  })

  it('shows control characters as text', () => {
    const hostile = 'a\u001b[2Jb\nc\u2028d\u202e'
    const all: Block[] = [
      { kind: 'title', text: hostile },
      { kind: 'list', items: [hostile] },
      { kind: 'table', rows: [[hostile]], numbers: [false] },
    ]
    for (const text of [toText(all), toMarkdown(all)]) {
      for (const code of [0x1b, 0x2028, 0x202e]) expect(text).not.toContain(String.fromCodePoint(code))
      expect(text.match(/u\{1b\}/g)).toHaveLength(3)
    }
  })

  it('as Markdown escapes characters of markup', () => {
    const text = toMarkdown(blocks)
    expect(text).toContain('## a\\_b\n')
    expect(text).toContain('| name | n |\n| --- | ---: |\n| a\\|b | 1 |\n')
  })
})

describe('the description of a comparison', () => {
  const textOf = (comparison: Comparison) => toText(describeComparison(comparison)).replace(/\n +/g, ' ')
  const lastLine = (text: string) => text.trim().split('\n').at(-1)

  it('that passes has a row for each provider, and says so in its last line', async () => {
    const comparison = await compareSmall(model, { providers: ['cpu', 'simd', 'reference'], mainOnly: false })
    const blocks = describeComparison(comparison)
    const text = toText(blocks)
    expect(lastLine(text)).toBe('pass: cpu; simd')
    expect(text).toMatch(/^the file +pass/m)
    expect(text).toMatch(/^cpu +pass +\d\.\de-\d+ +\d\.\de-\d+/m)
    expect(text).toMatch(/^reference +reference +0 +0/m)
    expect(text).toMatch(/^cpu +ddpm, variance fixed_small, 10 steps +·/m)
    expect(text).toMatch(/^ +dpmsolver\+\+, order 2, 10 steps +·/m)
    expect(text).toMatch(/^32 samples +sliced W2 +by chance/m)
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(110)
    expect(toMarkdown(blocks)).toMatch(/^\| cpu \| pass \|/m)
  })

  it('that fails names the provider, the element, the step and the node', async () => {
    const open = lyingAbout((epsilon) => epsilon.with(1, 3))
    const text = textOf(await compareSmall(model, { open, bisect: true }))
    expect(text).toMatch(/^cpu +FAIL/m)
    expect(text).toMatch(/^- cpu, network calls: worst in .*, row 0, column 1: 3, right is /m)
    expect(text).toMatch(
      /cpu, ddpm, variance fixed_small, model\.onnx: past tolerance from state 1 \(t = 9\)/,
    )
    expect(text).toMatch(
      /cpu, bisected: model\.onnx: the first of its 15 nodes that departs is model\.8\/Gemm \(Gemm of/,
    )
    expect(lastLine(text)).toBe('FAIL: cpu')
  })

  it('of a wrong graph names the node and the constant', async () => {
    const wrong = sabotaged(model, (m) => changeNumber(m, 'timesteps', 0, () => 2))
    const text = textOf(await compareSmall(wrong))
    expect(text).toMatch(
      /- the file: its graph is not .*: the node time\/Sub \(Sub\) takes timesteps with 2 at 0, not 1/,
    )
    expect(lastLine(text)).toBe('FAIL: the file')
  })

  it('of a changed file says that no provider ran', async () => {
    const wrong = sabotaged(model, (m) => changeNumber(m, 'model.0.bias', 0, (x) => x + 1), { stale: true })
    const comparison = await compareSmall(wrong, { providers: ['cpu', 'simd'] })
    const text = toText(describeComparison(comparison))
    expect(text).toMatch(/^cpu +not run/m)
    expect(text).toMatch(/^- cpu; simd: not run: the file is not what was exported/m)
    expect(text).toMatch(/^- the file: the initializer model\.0\.bias is not what was exported/m)
    expect(lastLine(text)).toBe('FAIL: the file')
  })

  it('of a fault in no single node says what that may mean', async () => {
    let calls = 0
    const open = lying(({ epsilon, ...rest }) => {
      // wrong at first, and right by the time that anybody looks closely
      const wrong = epsilon && ++calls < 40
      return { ...rest, ...(epsilon && { epsilon: wrong ? epsilon.map((x) => x + 1) : epsilon }) }
    })
    const text = textOf(await compareSmall(model, { open, bisect: true }))
    expect(text).toMatch(/none of the 15 nodes of model\.onnx departs when its output is requested/)
  })
})
