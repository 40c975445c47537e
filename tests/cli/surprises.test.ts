import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { commandNames } from '../../src/cli/commands/index.ts'
import { readRunConfig } from '../../src/node/run-folder.ts'
import { command, moonstep, refuses, root, succeeds } from '../helpers/cli.ts'
import { folderOf } from '../helpers/folders.ts'
import { words } from '../helpers/words.ts'

const { at } = folderOf('surprises')

const model = 'models/two-moons-seed/model.onnx'
const small = words`--hidden 8 --rows 50 --threads 1`
beforeAll(async () => {
  await succeeds`train --out ${at('run')} --steps 30 ${small}`
})

describe('help', () => {
  it('is what moonstep alone prints, and -h, and help', async () => {
    const help = await moonstep`--help`
    expect(help.stdout).toMatch(/^moonstep <command>\n/)
    for (const words of [[], ['-h'], ['help']]) expect(await moonstep(...words)).toEqual(help)
    expect(help.status).toBe(0)
  })

  it.each(commandNames)('of %s is what help, -h and --help print', async (name) => {
    const help = await moonstep`${name} --help`
    expect(help.status).toBe(0)
    expect(await moonstep`help ${name}`).toEqual(help)
    expect(await moonstep`${name} -h`).toEqual(help)
  })

  it.each(commandNames)('of %s gives the default of every option that takes a value', async (name) => {
    const { stdout } = await moonstep`${name} --help`
    const options = stdout
      .slice(0, stdout.indexOf('Examples:'))
      .split(/\n(?= +(?:-\w, )?--)/)
      .slice(1)
      .filter((text) => !text.includes('[boolean]'))
    expect(options.filter((text) => !/\[default:|\[required\]/.test(text.replaceAll(/\s+/g, ' ')))).toEqual(
      [],
    )
  })

  it('of a command that there is not is an error', async () => {
    expect(await moonstep`help trian`).toEqual({
      status: 2,
      stdout: '',
      stderr: 'moonstep: unknown command trian (did you mean train?): moonstep --help lists them\n',
    })
  })

  it('-v is the version', async () => {
    expect(await moonstep`-v`).toEqual(await moonstep`--version`)
    expect((await moonstep`-v`).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})

it.each(['bash', 'zsh'])('%s completes commands and options', async (shell) => {
  const { stdout: script, status } = await moonstep`completion`
  expect([status, script]).toEqual([0, expect.stringContaining('moonstep')])
  // what the script asks for when Tab is pressed
  const env = { ...process.env, SHELL: `/bin/${shell}` }
  const completed = (...typed: string[]) => {
    const [program, ...args] = command(...words`--get-yargs-completions moonstep ${typed}`)
    return spawnSync(program!, args, { encoding: 'utf8', cwd: root, env }).stdout
  }
  expect(completed('tr')).toMatch(/^train(:|$)/m)
  expect(completed('sample', model, '--')).toMatch(/^--num-steps(:|$)/m)
})

it.each(['bash', 'zsh'])(
  'completion %s prints the script of that shell, whatever the environment',
  async (shell) => {
    const { SHELL } = process.env
    const { status, stdout } = await moonstep`completion ${shell}`
    expect([status, stdout.startsWith('#compdef moonstep')]).toEqual([0, shell === 'zsh'])
    expect(process.env.SHELL).toBe(SHELL)
  },
)

describe('- for stdin', () => {
  it('is a name like others where an argument is a file, and stands for one file alone', async () => {
    await refuses(['sample', '-'], /there is no file -: give a model\.onnx/)
    await refuses(
      ['evaluate', '-', '--against', '-'],
      /stdin \(-\) can be read once: give a file for the other rows/,
    )
  })
})

describe('files of another kind', () => {
  it('are named for what they are', async () => {
    writeFileSync(at('rows.csv'), 'a,b\n1,2\n')
    await refuses(['compare', at('rows.csv')], /rows\.csv is a table, not a model: /)
    await refuses(
      ['train', '--dataset', at('run'), '--out', at('x')],
      /run is a run folder: give the file of its rows, or --out \S+ --resume/,
    )
    await refuses(['train', '--out', at('rows.csv')], /rows\.csv is a file: give a folder as --out/)
    await refuses(['train', '--out', at('x'), '--schema', 'schema.json'], /--schema is for several tables/)
    await refuses(
      ['train', '--out', at('x'), '--rules', at('none.json')],
      /there is no file \S+none\.json: give a list of rules/,
    )
  })

  it('such as samples without numbers in a column of numbers are refused by that column', async () => {
    const rows = (cell: (i: number) => string) =>
      Array.from({ length: 20 }, (_, i) => `${(i * 7) % 11},${cell(i)}`).join('\n')
    writeFileSync(at('full.csv'), `a,b\n${rows((i) => String((i * 5) % 13))}\n`)
    writeFileSync(at('empty.csv'), `a,b\n${rows(() => '')}\n`)
    await refuses(
      ['evaluate', at('empty.csv'), '--against', at('full.csv')],
      /empty\.csv, column b: it has no values, and the column of \S+full\.csv has numbers/,
    )
  })
})

describe('--json', () => {
  it('prints an error as JSON too', async () => {
    const { status, stdout, stderr } = await moonstep`sample ${model} -n ten --json`
    expect(status).toBe(2)
    const message = '-n ten is not a number: give a whole number from 1 up'
    expect(JSON.parse(stdout)).toEqual({ error: { code: 'wrong-type', message, option: 'count' } })
    expect(stderr).toBe(`moonstep: ${message}\n`)
    const late = await moonstep`sample nowhere.onnx --json --out ${at('x.csv')}`
    expect(JSON.parse(late.stdout).error).toMatchObject({ code: 'not-found' })
  })
})

describe('hints', () => {
  it.each([
    [words`train --lr 0.1 --out x`, '--lr (did you mean --learning-rate?)'],
    [words`train --epochs 3 --out x`, '--epochs (did you mean --steps?)'],
    [words`sample ${model} --device cuda`, '--device (did you mean --provider?)'],
    [words`train --device cuda --out x`, '--device (did you mean --engine?)'],
    [words`sample ${model} --provider gpu`, 'unknown provider gpu: choose from'],
    [words`sample ${model} --zzz 1`, 'unknown option --zzz: moonstep sample --help'],
  ])('%j: %s', async (words, said) => {
    const { status, stderr } = await moonstep(...words)
    expect(status).toBe(2)
    expect(stderr).toContain(said)
  })
})

describe('a folder where a file is expected', () => {
  it('that is a run says that it has to be exported', async () => {
    for (const words of [['sample'], ['compare'], ['bench']]) {
      const { status, stderr } = await moonstep`${words} ${at('run')}`
      expect(status).toBe(2)
      expect(stderr).toContain('run: that is a run folder: export it first: give a model.onnx')
    }
  })

  it('that is a run is described by info, without an export', async () => {
    const { stdout } = await succeeds`info ${at('run')}`
    expect(stdout).toMatch(/^.*run: noise predictor/)
    expect(stdout).toMatch(/^self-test +passed/m)
  })

  it('that holds a model names it', async () => {
    expect((await moonstep`sample models/two-moons`).stderr).toContain(
      'models/two-moons: that is a folder, which holds models/two-moons/model.onnx',
    )
  })
})

describe('train --resume --steps', () => {
  it('extends a run, and says that it is not an unbroken one', async () => {
    const { status, stderr } = await moonstep`train --out ${at('run')} --resume --steps 50`
    expect(status).toBe(0)
    expect(stderr).toMatch(
      /warning: the learning rate now falls to 0 by step 50, not 30: .* differ from those of an unbroken/,
    )
    expect(stderr).toContain('trained 50 steps')
    expect((await readRunConfig(at('run'))).training.steps).toBe(50)
    const history = readFileSync(at('run/history.csv'), 'utf8').trim().split('\n')
    expect(history).toHaveLength(51)
    expect(history.at(-1)).toMatch(/^50,/)
    // the rate of the longer run: cosine from 0.01 at step 30 of 50
    expect(Number(history[31]!.split(',')[2])).toBeCloseTo(0.005 * (1 + Math.cos((Math.PI * 30) / 50)), 12)
  })

  it('of a constant rate gives the bits of an unbroken run, and says nothing', async () => {
    const steady = words`--lr-decay none ${small}`
    await succeeds`train --out ${at('long')} --steps 40 ${steady}`
    await succeeds`train --out ${at('short')} --steps 15 ${steady}`
    const { stderr } = await moonstep`train --out ${at('short')} --resume --steps 40 --threads 1`
    expect(stderr).not.toContain('warning')
    for (const file of ['weights.safetensors', 'history.csv', 'config.json'])
      expect(readFileSync(at(`short/${file}`))).toEqual(readFileSync(at(`long/${file}`)))
  })

  it('refuses fewer', async () => {
    const { status, stderr } = await moonstep`train --out ${at('run')} --resume --steps 10`
    expect([status, stderr]).toEqual([
      2,
      'moonstep: --steps 10: give at least 50: a resumed run can only grow\n',
    ])
  })
})

describe('options that contradict each other', () => {
  it.each([
    [
      words`--schedule linear --beta-start .9 --beta-end .1`,
      '--beta-start .9: give at most --beta-end, which is 0.1',
    ],
    [words`--sigma-min 6 --sigma-max 1`, '--sigma-min 6: give at most --sigma-max, which is 1'],
    [['--threads', '2.5'], '--threads 2.5: give a whole number from 1 to 1024'],
  ])('%j', async (options, said) => {
    const { status, stderr } = await moonstep`train --out ${at('none')} ${options}`
    expect([status, stderr]).toEqual([2, `moonstep: ${said}\n`])
    expect(existsSync(at('none'))).toBe(false)
  })

  it('threads of every command that has them', async () => {
    for (const words of [
      ['sample', model],
      ['compare', model],
      ['bench', model],
      ['info', model],
      ['distill', 'models/two-moons'],
    ])
      expect((await moonstep`${words} --threads 2.5`).stderr).toMatch(
        /^moonstep: --threads 2\.5: give a whole number/,
      )
  })
})

describe('export', () => {
  it('overwrites a model that it made, and nothing else without --force', async () => {
    writeFileSync(at('mine.onnx'), 'my own')
    const line = words`export ${at('run')} --out ${at('mine.onnx')}`
    const refused = await moonstep(...line)
    expect([refused.status, refused.stderr]).toEqual([
      2,
      expect.stringMatching(/mine\.onnx exists and was not made by moonstep: give another --out, or --force/),
    ])
    expect(readFileSync(at('mine.onnx'), 'utf8')).toBe('my own')
    await succeeds`${line} --force`
    await succeeds(...line)
    writeFileSync(at('whole.onnx'), 'mine too')
    const whole =
      await moonstep`export ${at('run')} --out ${at('new.onnx')} --sampler-out ${at('whole.onnx')}`
    expect([whole.status, existsSync(at('new.onnx'))]).toEqual([2, false])
  })
})

it('sample --from gives the rows from an index on, also beyond 2^32', async () => {
  const rows = async (...words: string[]) =>
    (await moonstep`sample ${model} ${words}`).stdout.trim().split('\n').slice(1)
  const all = await rows('-n', '10')
  expect(await rows('-n', '4', '--from', '6')).toEqual(all.slice(6))
  expect(await rows('-n', '4', '--from', String(2 ** 32 + 6))).not.toEqual(all.slice(6))
  expect(await rows('-n', '2', '--from', String(2 ** 53 - 3))).toEqual(
    (await rows('-n', '3', '--from', String(2 ** 53 - 4))).slice(1),
  )
})

it('sample counts in the singular', async () => {
  const { stderr } = await moonstep`sample ${model} -n 1 --num-steps 1 --sampler ddim`
  expect(stderr).toMatch(/drew 1 sample by ddim, eta 0 in 1 step on cpu/)
})
