import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { shellLine } from '../../../src/cli/output.ts'
import { command, moonstep } from '../../helpers/cli.ts'
import { folderOf } from '../../helpers/folders.ts'
import { words } from '../../helpers/words.ts'

const model = resolve('models/two-moons-seed/model.onnx')
const { folder } = folderOf('terminal')
const bin = join(folder, 'bin')

/** What a user's shell makes of a line, in `folder`, where moonstep is installed. */
function shell(line: string, env: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', line], {
    encoding: 'utf8',
    cwd: folder,
    timeout: 60_000,
    env: { ...process.env, PATH: `${bin}:${process.env.PATH}`, ...env },
  })
  return { status, stdout, stderr }
}

beforeAll(() => {
  mkdirSync(bin)
  writeFileSync(join(bin, 'moonstep'), `#!/bin/sh\nexec ${shellLine(command())} "$@"\n`)
  chmodSync(join(bin, 'moonstep'), 0o755)
})

describe('the next command', () => {
  it('that each command suggests runs, from train to the reverse process as a GIF', () => {
    const lines = ["moonstep train --out 'it'\\''s here' --rows 30 --hidden 8 --steps 5 --engine simd"]
    for (let i = 0; i < 5; i++) {
      const { status, stderr } = shell(lines[i]!)
      expect([status, stderr]).toEqual([0, expect.stringMatching(/^next: moonstep /m)])
      lines.push(/^next: (.*)$/m.exec(stderr)![1]!)
    }
    expect(lines.slice(1)).toEqual([
      "moonstep export 'it'\\''s here'",
      'moonstep sample model.onnx --out samples.csv',
      'moonstep plot samples model.onnx --out samples.svg',
      'moonstep plot reverse model.onnx --out reverse.gif',
      'moonstep compare model.onnx',
    ])
    for (const file of ['model.onnx', 'samples.csv', 'samples.svg', 'reverse.gif'])
      expect(existsSync(join(folder, file))).toBe(true)
  })

  it('after a failed --max-ratio shows the parts of the distance', () => {
    const near = readFileSync(join(folder, 'samples.csv'), 'utf8')
    writeFileSync(join(folder, 'far.csv'), near.replace(/\n-?/, '\n9'))
    const { status, stderr } = shell(
      'moonstep evaluate far.csv --against samples.csv --model model.onnx --max-ratio 1e-9',
    )
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^sliced Wasserstein-2 is /m)])
    expect(stderr).toMatch(/^next: moonstep evaluate far\.csv .* --max-ratio 1e-9 --ideal$/m)
    expect(stderr).toMatch(
      /^ {2}or: moonstep plot samples model\.onnx --data samples\.csv --out samples\.svg$/m,
    )
  })
})

describe('--quiet', () => {
  it('still prints results and warnings', async () => {
    const args = words`sample ${model} -n 3 --sampler dpmsolver++ --num-steps 1`
    const [loud, quiet] = [await moonstep(...args), await moonstep`${args} --quiet`]
    expect([quiet.status, quiet.stdout]).toEqual([0, loud.stdout])
    expect(loud.stderr).toMatch(/^drew 3 samples [^\n]*\nnext: /m)
    expect(quiet.stderr).toMatch(/^warning: dpmsolver\+\+ of order 2 [^\n]*\n$/)
  })
})

const hasTerminal = spawnSync('script', ['-qec', 'true', '/dev/null']).status === 0
/** What a terminal gets to see, stdout and stderr as they come. */
const onTerminal = (line: string, env: NodeJS.ProcessEnv = {}) =>
  shell(shellLine(['script', '-qec', line, '/dev/null']), {
    TERM: 'xterm',
    // what the tests' own run may have set
    NO_COLOR: undefined,
    FORCE_COLOR: undefined,
    CI: undefined,
    ...env,
  }).stdout

describe.skipIf(!hasTerminal)('a terminal (needs util-linux’s script)', () => {
  const csi = '\u001b['

  it('shows colours, unless NO_COLOR or TERM=dumb is set', () => {
    const error = (env: NodeJS.ProcessEnv) => onTerminal('moonstep smaple', env)
    const plain = 'moonstep: unknown command smaple'
    expect(error({})).toContain(`${csi}31mmoonstep:${csi}39m unknown command smaple`)
    for (const env of [{ NO_COLOR: '1' }, { TERM: 'dumb' }]) {
      const text = error(env)
      expect(text).toContain(plain)
      expect(text).not.toContain(csi)
    }
  })

  it('shows verdicts in colour, and a file gets them without', () => {
    const info = `moonstep info ${shellLine([model])}`
    expect(onTerminal(info)).toContain(`self-test    ${csi}32mpassed${csi}39m on cpu`)
    onTerminal(`${info} > info.txt`)
    expect(readFileSync(join(folder, 'info.txt'), 'utf8')).toMatch(/^self-test {4}passed on cpu/m)
  })

  it('shows a progress bar, which is gone in the end', () => {
    const line = `moonstep sample ${shellLine([model])} -n 50000 --num-steps 1 --out many.npy`
    const text = onTerminal(line)
    expect(text).toMatch(/sampling █*░* \d+% \| [\d,]+\/50,000 samples \| /)
    expect(text.split(`${csi}2K`).at(-1)).toMatch(/^drew 50,000 samples by ddpm\S* .* in 1 step on cpu/)
    expect(onTerminal(`${line} --quiet`)).not.toMatch(/sampling|drew|next/)
  })

  it('shows how much of a large table has been read', () => {
    const file = join(folder, 'large.csv')
    const rows = Array.from({ length: 200_000 }, (_, i) => `${i % 97}.25,${(i * 7919) % 10_007}`)
    writeFileSync(file, `a,b\n${rows.join('\n')}\n`)
    const text = onTerminal(
      `moonstep train --dataset ${file} --out ${join(folder, 'read')} --steps 1 --hidden 8 --engine onnx --threads 1`,
    )
    const kilobytes = Math.round((rows.join('\n').length + 5) / 1000).toLocaleString('en')
    expect(text).toContain(`/${kilobytes} KB`)
    expect(text).toMatch(/reading █+░* \d+% \| [\d,]+\/[\d,]+ KB/)
  })

  it('hides the progress bar for a warning, and shows it again', () => {
    const dist = pathToFileURL(resolve('dist/cli'))
    const program = [
      `import { createProgress, warn } from '${dist}/output.js'`,
      'const progress = createProgress()',
      "const update = (done) => progress.update({ stage: 'drawing', unit: 'things', done, count: 2000 })",
      "update(1); warn('odd'); update(2000); progress.stop()",
    ]
    const node = [process.execPath, '--input-type=module', '-e', program.join(';')]
    const parts = onTerminal(shellLine(node)).split(`${csi}2K`)
    expect(parts).toEqual([
      expect.stringContaining(' 1/2,000 things '),
      expect.stringMatching(/^\S+warning:\S+ odd\r\n.* 2,000\/2,000 things /),
      '',
    ])
  })
})
