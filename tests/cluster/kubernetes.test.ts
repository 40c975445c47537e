import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { command, moonstep, root } from '../helpers/cli.ts'
import { folderOf } from '../helpers/folders.ts'
import { describeWith, python } from '../helpers/needs.ts'
import { words } from '../helpers/words.ts'

const { folder } = folderOf('kubernetes')

/** The manifest as kubernetes-validate takes it, which throws where the schema of that version does not. */
const script = `
import json, sys, yaml, kubernetes_validate
manifest = yaml.safe_load(open(sys.argv[1]))
changed = json.loads(sys.argv[2])
manifest["spec"].update(changed)
kubernetes_validate.validate(manifest, kubernetes_validate.latest_version(), strict=True)
json.dump(manifest, sys.stdout)
`

interface Job {
  spec: {
    completions: number
    template: { spec: { containers: { args: string[]; env: { name: string; value: string }[] }[] } }
  }
}

function validated(changed: object = {}): Job {
  const file = join(root, 'examples/kubernetes/sample.yaml')
  const args = words`-c ${script} ${file} ${JSON.stringify(changed)}`
  return JSON.parse(execFileSync(python, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }))
}

describeWith('kubernetes', "Kubernetes' manifest", () => {
  it('is of its schema, which knows what is not', () => {
    expect(validated().spec.completions).toBe(64)
    expect(() => validated({ completions: 'many' })).toThrow()
    expect(() => validated({ completion: 64 })).toThrow()
  })

  it('draws all parts by what its container runs', async () => {
    const { completions, template } = validated().spec
    const [{ args, env }] = template.spec.containers as [Job['spec']['template']['spec']['containers'][0]]
    // no cluster is here: the container's folders are others, the package is there, and the samples are fewer
    mkdirSync(join(folder, 'data'))
    cpSync(join(root, 'models/two-moons-student/model.onnx'), join(folder, 'data/model.onnx'))
    mkdirSync(join(folder, 'bin'))
    const [node, main] = command()
    writeFileSync(join(folder, 'bin/npx'), `#!/bin/sh\nshift\nexec ${node} ${main} "$@"\n`, { mode: 0o755 })
    writeFileSync(join(folder, 'bin/npm'), '#!/bin/sh\n', { mode: 0o755 })
    const text = args[0]!
      .replaceAll('/data/', `${folder}/data/`)
      .replace('-n 1000000000', '-n 40')
      .replaceAll(`/${completions}"`, '/4"')
    for (const index of [2, 0, 3, 1]) {
      const { status, stderr } = spawnSync('sh', ['-c', text], {
        encoding: 'utf8',
        env: {
          ...process.env,
          ...Object.fromEntries(env.map(({ name, value }) => [name, value])),
          PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
          JOB_COMPLETION_INDEX: String(index),
        },
      })
      expect([status, stderr]).toEqual([0, expect.stringContaining('drew 10 samples')])
    }
    expect(readdirSync(join(folder, 'data/parts'))).toContain('part-00004.parquet')
    expect((await moonstep`shards verify ${join(folder, 'data/parts')}`).stdout).toBe(
      'complete: 4 of 4 parts, 40 of 40 samples\n',
    )
  })
})
