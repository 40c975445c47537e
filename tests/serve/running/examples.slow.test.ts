import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { command, root } from '../../helpers/cli.ts'
import { folderOf } from '../../helpers/folders.ts'
import { describeWith, python } from '../../helpers/needs.ts'

const example = (name: string) => join(root, 'examples/serve', name)
const { folder } = folderOf('serve-examples')
cpSync(join(root, 'models/two-moons-student'), join(folder, 'student'), { recursive: true })

/** Runs the words after the program's own as an example has them, but in a folder and on ports of the test; ends as it was ended. */
async function served(
  words: readonly string[],
  ports: readonly [http: number, grpc?: number],
): Promise<number | null> {
  const [program, ...args] = command(...words)
  const child = spawn(program!, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  const exit = once(child, 'exit')
  const [line] = await Promise.race([once(child.stdout, 'data'), exit])
  const url = `http://127.0.0.1:${ports[0]}`
  expect(String(line)).toContain('serving student at http://')
  expect((await fetch(`${url}/v2/health/ready`)).status).toBe(200)
  expect(await (await fetch(`${url}/v2/models/student/sample?n=3`)).json()).toHaveLength(3)
  child.kill('SIGTERM')
  const [code] = await exit
  return code
}

const onPorts = (text: string, changes: Record<string, string>) =>
  Object.entries(changes).reduce((line, [from, to]) => {
    expect(line).toContain(from)
    return line.replaceAll(from, to)
  }, text)

it('systemd takes the unit, and what it runs serves and ends with 0', async () => {
  const unit = readFileSync(example('moonstep.service'), 'utf8')
  const start = /^ExecStart=\/usr\/bin\/node \S+\/moonstep\/dist\/cli\/main\.js (.+)$/m.exec(unit)![1]!
  const line = onPorts(start, { '/var/lib/moonstep': folder, '8000': '8311', '8001': '8312' })
  expect(await served([...line.split(' '), '--grace', '0'], [8311, 8312])).toBe(0)
}, 60_000)

describeWith('systemd', 'systemd', () => {
  it('accepts the unit, and would reject a wrong one', () => {
    const verify = (file: string) => spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' })
    const { status, stderr } = verify(example('moonstep.service'))
    // a node elsewhere is no fault of the unit
    const own = stderr
      .split('\n')
      .filter((line) => line.includes('moonstep.service') && !/is not executable/.test(line))
    expect([own, status === 0 || /is not executable/.test(stderr)]).toEqual([[], true])
    const broken = join(folder, 'broken.service')
    execFileSync('sh', [
      '-c',
      `sed 's/^Restart=always/Restart=often/' ${example('moonstep.service')} > ${broken}`,
    ])
    expect(verify(broken).stderr).toMatch(/Restart/)
  })
})

describeWith('hadolint', 'the Dockerfile', () => {
  const file = readFileSync(example('Dockerfile'), 'utf8')

  it('has nothing that hadolint finds', () => {
    const lint = (name: string, input?: string) =>
      spawnSync(join(root, '.venv/bin/hadolint'), [name], { encoding: 'utf8', ...(input && { input }) })
    expect(lint(example('Dockerfile'))).toMatchObject({ status: 0, stdout: '' })
    expect(lint('-', file.replace('USER 1000', 'USER root')).stdout).toMatch(/DL3002/)
  })

  it('runs what serves, and ends with 0', async () => {
    const words = JSON.parse(/^CMD (\[.+\])$/m.exec(file)![1]!) as string[]
    const line = words.map((word) => ({ '/models': folder, '8000': '8313', '8001': '8314' })[word] ?? word)
    expect(await served([...line, '--grace', '0'], [8313])).toBe(0)
    const health = /^HEALTHCHECK .*CMD \["node", "-e", "(.+)"\]$/m.exec(file)![1]!
    expect(spawnSync(process.execPath, ['-e', health.replace('8000', '8313')]).status).toBe(1)
  }, 60_000)
})

/** What the tests read of a manifest's predictor. */
interface Predictor {
  readonly minReplicas: number
  readonly containers: readonly [
    {
      readonly args: readonly string[]
      readonly readinessProbe: { readonly httpGet: object }
      readonly ports: readonly [{ readonly containerPort: number }]
    },
  ]
}

describeWith('tritonclient', "KServe's manifest", () => {
  const wrong = [{ minReplica: 1 }, { minReplicas: 'one' }, { containers: [{ imag: 'x' }] }]
  // Python takes seconds to load KServe: once for all
  let predictor: Predictor
  let problems: string[]
  beforeAll(() => {
    const script = 'tests/serve/running/inference_service.py'
    const changes = [{}, ...wrong].map((each) => JSON.stringify(each))
    const args = [script, example('inference-service.yaml'), ...changes]
    const lines = execFileSync(python, args, { cwd: root, encoding: 'utf8', stdio: 'pipe' })
    const [manifest, ...others] = lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    predictor = manifest.spec.predictor
    problems = others
  })

  it('is of its type, which knows what is not', () => {
    expect(predictor.minReplicas).toBe(1)
    expect(problems).toEqual([
      'manifest.spec.predictor has no field minReplica',
      "manifest.spec.predictor.minReplicas is 'one': it must be int",
      'manifest.spec.predictor.containers[0] has no field imag',
    ])
  })

  it('runs what serves, where it looks for readiness', async () => {
    const [{ args, readinessProbe, ports }] = predictor.containers
    expect(readinessProbe.httpGet).toEqual({ path: '/v2/health/ready', port: ports[0].containerPort })
    const line = args.map((word) => ({ '/mnt/models': folder, '8080': '8315', '10': '0' })[word] ?? word)
    expect(await served(line, [8315])).toBe(0)
  }, 60_000)
})
