import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeWithIndex, linkPackage, manifest, pack, run, succeed } from './install.ts'

const { folder, tarball } = await pack()
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const project = join(folder, 'project')
beforeAll(() => {
  mkdirSync(project)
  linkPackage(project, tarball)
  write('package.json', '{ "type": "module" }')
})

const write = (name: string, text: string) => writeFileSync(join(project, name), text)

const options = {
  strict: true,
  noEmit: true,
  target: 'ES2022',
  lib: ['ES2022', 'DOM', 'DOM.Iterable'],
  module: 'ESNext',
  moduleResolution: 'Bundler',
  types: [] as string[],
  // what we publish is compiled, not skipped
  skipLibCheck: false,
}

describe('the element where there are no elements', () => {
  it.each(['', '/react', '/vue', '/svelte'])(
    'moonstep/element%s is imported in Node, and does nothing',
    (end) => {
      const script = `import { MoonSampler } from 'moonstep/element${end}'; console.log(typeof MoonSampler)`
      expect(run(project, 'node', '--input-type=module', '-e', script)).toEqual({
        status: 0,
        stdout: 'function\n',
        stderr: '',
      })
    },
  )

  it('a server renders it with React', () => {
    const script = `
      import { createElement } from 'react'
      import { renderToString } from 'react-dom/server'
      import 'moonstep/element/react'
      console.log(renderToString(createElement('moon-sampler', { src: 'model.onnx', count: 5 })))`
    expect(succeed(project, 'node', '--input-type=module', '-e', script)).toBe(
      '<moon-sampler src="model.onnx" count="5"></moon-sampler>\n',
    )
  })
})

describe('the types of the tag', () => {
  const compiled = (program: string, name: string, text: string, extra: object = {}, ...args: string[]) => {
    write(name, text)
    write('tsconfig.json', JSON.stringify({ compilerOptions: { ...options, ...extra }, include: [name] }))
    const { status, stdout, stderr } = run(project, 'npx', program, ...args)
    return [status, stdout + stderr] as const
  }

  it('are checked in JSX: right attributes compile and wrong ones do not', () => {
    const jsx = (attributes: string) =>
      compiled(
        'tsc',
        'moons.tsx',
        `import 'moonstep/element/react'\nexport const Moons = () => <moon-sampler ${attributes} />\n`,
        { jsx: 'react-jsx', skipLibCheck: true },
      )
    expect(jsx('src="m.onnx" count={9} num-steps={5} sampler="heun" provider="auto" className="a"')).toEqual([
      0,
      '',
    ])
    const [status, told] = jsx('provider="cuda"')
    expect(status).not.toBe(0)
    expect(told).toMatch(/"cuda"' is not assignable/)
    expect(jsx('numSteps={5} onsample={({ detail }) => detail.points.count.toFixed()}')).toEqual([0, ''])
    expect(jsx('onsample={({ detail }) => detail.rows}')[1]).toMatch(/'rows' does not exist/)
  })

  it('are checked in Vue templates', () => {
    const vue = (attributes: string) =>
      compiled(
        'vue-tsc',
        'Moons.vue',
        `<script setup lang="ts">\nimport 'moonstep/element/vue'\n</script>\n<template><moon-sampler ${attributes} /></template>\n`,
        { skipLibCheck: true },
        '--noEmit',
      )
    expect(vue('src="m.onnx" :count="9" provider="auto"')).toEqual([0, ''])
    expect(vue(':num-steps="5" @sample="({ detail }) => detail.points.count.toFixed()"')).toEqual([0, ''])
    expect(vue('@sample="({ detail }) => detail.rows"')[1]).toMatch(/'rows' does not exist/)
    const [status, told] = vue('provider="cuda"')
    expect(status).not.toBe(0)
    expect(told).toMatch(/"cuda"' is not assignable/)
  })

  it('are checked in Svelte templates', () => {
    const svelte = (attributes: string) =>
      compiled(
        'svelte-check',
        'Moons.svelte',
        `<script lang="ts">\nimport 'moonstep/element/svelte'\n</script>\n<moon-sampler ${attributes}></moon-sampler>\n`,
        { skipLibCheck: true, verbatimModuleSyntax: true },
        '--output',
        'machine',
      )
    const [right, said] = svelte('src="m.onnx" count={9} provider="auto" class="a"')
    expect([right, said]).toEqual([0, expect.stringMatching(/ 0 ERRORS 0 WARNINGS/)])
    const [status, told] = svelte('provider="cuda"')
    expect(status).not.toBe(0)
    expect(told).toMatch(/cuda.{1,3} is not assignable/)
  })
})

describeWithIndex('the published types without skipLibCheck', () => {
  const [oldest] = /\d+\.\d+/.exec(manifest.peerDependencies.typescript)!
  const node = `import { compare, loadModel, plot, sample, train, type ModelCard } from 'moonstep'
    const model = await loadModel('model.onnx', { provider: 'cpu' })
    export const data: Float32Array = (await sample(model, { count: 3, from: 5 })).points.data
    export const card: ModelCard = model.card
    export { compare, plot, train }\n`
  const page = `import 'moonstep/element'
    import { createSamplingClient, loadModel } from 'moonstep/web'
    const seed: number | undefined = document.querySelector('moon-sampler')?.seed
    export { createSamplingClient, loadModel, seed }\n`

  it.each([oldest, '6'])('compile with TypeScript %s', (version) => {
    const own = join(folder, `typescript-${version}`)
    mkdirSync(own)
    succeed(own, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', `typescript@~${version}`)
    for (const [name, text, types] of [
      ['node.ts', node, ['node']],
      ['page.ts', page, []],
    ] as const) {
      write(name, text)
      write('tsconfig.json', JSON.stringify({ compilerOptions: { ...options, types }, include: [name] }))
      const tsc = join(own, 'node_modules/typescript/bin/tsc')
      expect(run(project, 'node', tsc, '-p', '.')).toEqual({ status: 0, stdout: '', stderr: '' })
    }
  })
})
