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
  /** What a compiler says of files, all in one run: its status, and by file its lines. */
  const compiled = (
    program: string,
    files: Readonly<Record<string, string>>,
    extra: object,
    ...args: string[]
  ) => {
    for (const [name, text] of Object.entries(files)) write(name, text)
    const compilerOptions = { ...options, ...extra, skipLibCheck: true }
    write('tsconfig.json', JSON.stringify({ compilerOptions, include: Object.keys(files) }))
    const { status, stdout, stderr } = run(project, 'npx', program, ...args)
    const lines = (stdout + stderr).split('\n')
    const of = (name: string) => lines.filter((line) => line.includes(name)).join('\n')
    return { status, of }
  }

  it('are checked in JSX: right attributes compile and wrong ones do not', () => {
    const jsx = (attributes: string) =>
      `import 'moonstep/element/react'\nexport const Moons = () => <moon-sampler ${attributes} />\n`
    const files = {
      'right.tsx': jsx('src="m.onnx" count={9} num-steps={5} sampler="heun" provider="auto" className="a"'),
      'listens.tsx': jsx('numSteps={5} onsample={({ detail }) => detail.points.count.toFixed()}'),
      'provider.tsx': jsx('provider="cuda"'),
      'rows.tsx': jsx('onsample={({ detail }) => detail.rows}'),
    }
    const { status, of } = compiled('tsc', files, { jsx: 'react-jsx' })
    expect(status).not.toBe(0)
    expect([of('right.tsx'), of('listens.tsx')]).toEqual(['', ''])
    expect(of('provider.tsx')).toMatch(/"cuda"' is not assignable/)
    expect(of('rows.tsx')).toMatch(/'rows' does not exist/)
  })

  it('are checked in Vue templates', () => {
    const vue = (attributes: string) =>
      `<script setup lang="ts">\nimport 'moonstep/element/vue'\n</script>\n<template><moon-sampler ${attributes} /></template>\n`
    const files = {
      'Right.vue': vue('src="m.onnx" :count="9" provider="auto"'),
      'Listens.vue': vue(':num-steps="5" @sample="({ detail }) => detail.points.count.toFixed()"'),
      'Provider.vue': vue('provider="cuda"'),
      'Rows.vue': vue('@sample="({ detail }) => detail.rows"'),
    }
    const { status, of } = compiled('vue-tsc', files, {}, '--noEmit')
    expect(status).not.toBe(0)
    expect([of('Right.vue'), of('Listens.vue')]).toEqual(['', ''])
    expect(of('Provider.vue')).toMatch(/"cuda"' is not assignable/)
    expect(of('Rows.vue')).toMatch(/'rows' does not exist/)
  })

  it('are checked in Svelte templates', () => {
    const svelte = (attributes: string) =>
      `<script lang="ts">\nimport 'moonstep/element/svelte'\n</script>\n<moon-sampler ${attributes}></moon-sampler>\n`
    const files = {
      'Right.svelte': svelte('src="m.onnx" count={9} provider="auto" class="a"'),
      'Provider.svelte': svelte('provider="cuda"'),
    }
    const extra = { verbatimModuleSyntax: true }
    const { status, of } = compiled('svelte-check', files, extra, '--output', 'machine')
    expect(status).not.toBe(0)
    expect(of('Provider.svelte')).toMatch(/cuda.{1,3} is not assignable/)
    expect(of('COMPLETED')).toMatch(/ 1 ERRORS 0 WARNINGS/)
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

  it.each([oldest, '7'])('compile with TypeScript %s', (version) => {
    const own = join(folder, `typescript-${version}`)
    mkdirSync(own)
    succeed(own, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', `typescript@~${version}`)
    write('node.ts', node)
    write('page.ts', page)
    // the old compiler takes ten seconds, so that it has both at once; the new one sees that a page needs no types of Node
    const alone = [
      { include: ['node.ts'], types: ['node'] },
      { include: ['page.ts'], types: [] },
    ]
    const together = [{ include: ['node.ts', 'page.ts'], types: ['node'] }]
    for (const { include, types } of version === oldest ? together : alone) {
      write('tsconfig.json', JSON.stringify({ compilerOptions: { ...options, types }, include }))
      const tsc = join(own, 'node_modules/typescript/bin/tsc')
      expect(run(project, 'node', tsc, '-p', '.')).toEqual({ status: 0, stdout: '', stderr: '' })
    }
  })
})
