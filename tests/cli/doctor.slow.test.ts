import { beforeAll, describe, expect, it } from 'vitest'
import { examineCuda, machine, type Probe } from '../../src/cli/cuda-report.ts'
import { nodeProviders } from '../../src/node/providers.ts'
import { moonstep, moonstepProcess, refuses, succeeds } from '../helpers/cli.ts'
import { chromiumPath, describeWith } from '../helpers/needs.ts'

interface Machine {
  files?: Record<string, string>
  programs?: Record<string, string>
  env?: Record<string, string>
  platform?: string
}

/** A machine of a few files and programs; a program's key is its whole command line. */
function fake({ files = {}, programs = {}, env = {}, platform = 'linux' }: Machine): Probe {
  const paths = Object.keys(files)
  const prefix = (folder: string) => `${folder}/`
  return {
    platform,
    arch: 'x64',
    env,
    exists: (path) => paths.some((each) => each === path || each.startsWith(prefix(path))),
    read: (path) => files[path],
    list: (folder) => [
      ...new Set(
        paths
          .filter((each) => each.startsWith(prefix(folder)))
          .map((each) => each.slice(folder.length + 1).split('/')[0]!),
      ),
    ],
    run: (command, args) => programs[[command, ...args].join(' ')],
  }
}

const folder = 'node_modules/onnxruntime-node'
const provider = `${folder}/bin/napi-v6/linux/x64/libonnxruntime_providers_cuda.so`
const installed = {
  [`${folder}/package.json`]: '{ "version": "1.30.0" }',
  [`${folder}/script/install-metadata.js`]: "manifests: { 'linux/x64:cuda12': {",
}
const driverFile = (version: string) => ({
  '/proc/driver/nvidia/version': `NVRM version: NVIDIA UNIX x86_64 Kernel Module  ${version}  Tue\nGCC version: 12\n`,
})
const smi = {
  'nvidia-smi -L': 'GPU 0: NVIDIA H100 80GB HBM3 (UUID: GPU-1)\nGPU 1: NVIDIA H100 80GB HBM3 (UUID: GPU-2)\n',
}
const ldd = (lines: Record<string, string>) => ({
  [`ldd ${provider}`]: `\tlinux-vdso.so.1 (0x1)\n${Object.entries(lines)
    .map(([name, path]) => `\t${name} => ${path}${path === 'not found' ? '' : ' (0x2)'}\n`)
    .join('')}\t/lib64/ld-linux-x86-64.so.2 (0x3)\n`,
})
const bus = (vendor: string, kind: string) => ({
  '/sys/bus/pci/devices/0000:01:00.0/vendor': `${vendor}\n`,
  '/sys/bus/pci/devices/0000:01:00.0/class': `${kind}\n`,
})
const commands = (...machineParts: [Machine]) =>
  examineCuda(fake(...machineParts), folder).remedies.map(({ command }) => command)

describe('what CUDA needs', () => {
  it('is nothing on a server that has everything', () => {
    const report = examineCuda(
      fake({
        files: { ...installed, ...driverFile('580.65.06'), [provider]: '' },
        programs: {
          ...smi,
          ...ldd({
            'libcublas.so.13': '/usr/local/cuda/lib64/libcublas.so.13',
            'libcudart.so.13': '/usr/local/cuda/lib64/libcudart.so.13',
            'libcuda.so.1': '/usr/lib/x86_64-linux-gnu/libcuda.so.1',
            'libc.so.6': '/lib/libc.so.6',
          }),
          'ldconfig -p': '\tlibcudnn.so.9 (libc6,x86-64) => /usr/lib/libcudnn.so.9\n',
        },
      }),
      folder,
    )
    expect(report).toEqual({
      driver: { version: '580.65.06', from: '/proc/driver/nvidia/version' },
      gpus: ['GPU 0: NVIDIA H100 80GB HBM3', 'GPU 1: NVIDIA H100 80GB HBM3'],
      provider,
      cuda: 13,
      libraries: [
        { name: 'libcublas.so.13', path: '/usr/local/cuda/lib64/libcublas.so.13', elsewhere: null },
        { name: 'libcudart.so.13', path: '/usr/local/cuda/lib64/libcudart.so.13', elsewhere: null },
        { name: 'libcuda.so.1', path: '/usr/lib/x86_64-linux-gnu/libcuda.so.1', elsewhere: null },
        { name: 'libcudnn.so.9', path: '/usr/lib/libcudnn.so.9', elsewhere: null },
      ],
      tf32: true,
      remedies: [],
    })
  })

  it('is listed whole and in order on a fresh server with a GPU', () => {
    const files = {
      ...installed,
      ...bus('0x10de', '0x030200'),
      '/etc/os-release': 'NAME="Debian"\nID=debian\n',
    }
    expect(examineCuda(fake({ files }), folder).gpus).toEqual(['an NVIDIA GPU at 0000:01:00.0'])
    expect(commands({ files })).toEqual([
      'sudo apt-get install nvidia-driver',
      `ONNXRUNTIME_NODE_INSTALL=cuda12 node ${folder}/script/install.js`,
      expect.stringMatching(
        /^python3 -m pip download .* onnxruntime-gpu==1\.30\.0 && unzip .* -d node_modules\/onnxruntime-node\/bin\/napi-v6\/linux\/x64$/,
      ),
      'python3 -m pip install --target .cuda nvidia-cublas-cu12 nvidia-curand-cu12 nvidia-cuda-runtime-cu12 nvidia-cudnn-cu12',
      `export LD_LIBRARY_PATH="$(printf '%s:' "$PWD"/.cuda/nvidia/*/lib)\${LD_LIBRARY_PATH:-/usr/lib}"`,
    ])
  })

  it('includes no driver on a machine without an NVIDIA GPU', () => {
    for (const files of [
      installed,
      { ...installed, ...bus('0x1002', '0x030000') },
      { ...installed, ...bus('0x10de', '0x0c0330') },
    ]) {
      const report = examineCuda(fake({ files }), folder)
      expect([report.gpus, report.driver]).toEqual([[], null])
      expect(report.remedies.some(({ gets }) => /driver/.test(gets))).toBe(false)
    }
  })

  it.each([
    ['ID=ubuntu\n', 'sudo ubuntu-drivers install'],
    ['ID="rocky"\n', 'see https://www.nvidia.com/drivers for version 525 or later'],
  ])('includes the command that installs the driver on a system: %j', (release, command) => {
    const files = { ...installed, ...bus('0x10de', '0x030000'), '/etc/os-release': release }
    expect(commands({ files })[0]).toBe(command)
    expect(commands({ files: { ...files, '/.dockerenv': '' } })[0]).toMatch(/^docker run --gpus all/)
  })

  it('includes a newer driver if the installed one is too old for CUDA 13, by the version that nvidia-smi reports', () => {
    const programs = {
      ...smi,
      ...ldd({ 'libcudart.so.13': '/x/libcudart.so.13', 'libcuda.so.1': '/x/libcuda.so.1' }),
    }
    const files = { ...installed, [provider]: '' }
    const old = examineCuda(fake({ files: { ...files, ...driverFile('550.54.15') }, programs }), folder)
    expect(old.remedies[0]!.gets).toBe("NVIDIA's driver, 580 or later")
    const query = 'nvidia-smi --query-gpu=driver_version --format=csv,noheader'
    const asked = examineCuda(fake({ files, programs: { ...programs, [query]: '580.95.05\n' } }), folder)
    expect(asked.driver).toEqual({ version: '580.95.05', from: 'nvidia-smi' })
    expect(asked.remedies.some(({ gets }) => /driver/.test(gets))).toBe(false)
    const open = {
      '/proc/driver/nvidia/version':
        'NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  575.57.08  Release\n',
    }
    expect(examineCuda(fake({ files: { ...files, ...open }, programs }), folder).driver!.version).toBe(
      '575.57.08',
    )
  })

  it('is the package of the right version for one missing library, and the path for the loader', () => {
    const files = { ...installed, ...driverFile('580.65.06'), [provider]: '' }
    const found = { 'libcudart.so.13': '/x/libcudart.so.13', 'libcuda.so.1': '/x/libcuda.so.1' }
    const cudnn = { 'ldconfig -p': '\tlibcudnn.so.9 (libc6) => /x/libcudnn.so.9\n' }
    const programs = { ...smi, ...ldd({ ...found, 'libcublas.so.13': 'not found' }), ...cudnn }
    expect(commands({ files, programs })).toEqual([
      "python3 -m pip install --target .cuda 'nvidia-cublas<14'",
      expect.stringContaining('/.cuda/nvidia/*/lib'),
    ])
    const toolkit = { '/usr/local/cuda-13.0/lib64/libcublas.so.13': '' }
    const report = examineCuda(fake({ files: { ...files, ...toolkit }, programs }), folder)
    expect(report.libraries.find(({ name }) => name === 'libcublas.so.13')).toEqual({
      name: 'libcublas.so.13',
      path: null,
      elsewhere: '/usr/local/cuda-13.0/lib64',
    })
    expect(report.remedies.map(({ command }) => command)).toEqual([
      `export LD_LIBRARY_PATH="$(printf '%s:' /usr/local/cuda-13.0/lib64)\${LD_LIBRARY_PATH:-/usr/lib}"`,
    ])
  })

  it('is looked for in LD_LIBRARY_PATH too', () => {
    const files = { ...installed, '/own/libcudnn.so.9': '' }
    const { libraries } = examineCuda(fake({ files, env: { LD_LIBRARY_PATH: '/none:/own' } }), folder)
    expect(libraries.find(({ name }) => name === 'libcudnn.so.9')!.path).toBe('/own/libcudnn.so.9')
  })

  it('reads TF32 from the environment, and has no commands where onnxruntime-node has no CUDA', () => {
    expect(examineCuda(fake({ env: { NVIDIA_TF32_OVERRIDE: '0' } }), folder).tf32).toBe(false)
    expect(examineCuda(fake({ env: { NVIDIA_TF32_OVERRIDE: '1' } }), folder).tf32).toBe(true)
    expect(commands({ files: installed, platform: 'darwin' })).toEqual([])
    expect(examineCuda(fake({}), undefined)).toMatchObject({ provider: null, remedies: [] })
  })

  it('can be examined on this machine', () => {
    const report = examineCuda(machine, folder)
    expect(report.libraries.length).toBeGreaterThan(0)
    expect(machine.run('/nowhere/program', [])).toBeUndefined()
    expect(machine.read('/nowhere/file')).toBeUndefined()
    expect(machine.list('/nowhere')).toEqual([])
  })
})

describe('doctor', () => {
  const gpu = machine.exists('/dev/nvidiactl') || machine.exists('/dev/dxg')

  interface Tried {
    readonly provider: string
    readonly available: boolean
    readonly software: boolean
  }
  let tried: { providers: readonly Tried[]; engines: readonly { engine: string }[]; cuda: object }
  beforeAll(async () => {
    tried = JSON.parse((await succeeds`doctor --json`).stdout)
  })

  it('runs a model on each provider, and reports the results', () => {
    const { providers, engines, cuda } = tried
    expect(providers.map((each) => each.provider)).toEqual(nodeProviders.map(({ name }) => name))
    expect(providers[0]).toMatchObject({ provider: 'cpu', available: true, reason: null, software: false })
    for (const each of providers) {
      expect(each).toEqual({
        provider: expect.any(String),
        available: expect.any(Boolean),
        reason: each.available ? null : expect.stringMatching(/^[^\n]+$/),
        ran: each.available
          ? expect.objectContaining({ provider: each.provider, threads: expect.any(Number) })
          : null,
        software: expect.any(Boolean),
      })
    }
    expect(engines.map((each) => each.engine)).toEqual(['onnx', 'simd', 'tensorflow'])
    expect(engines[0]).toEqual({ engine: 'onnx', available: true, reason: null })
    expect(cuda).toMatchObject({ remedies: expect.any(Array), libraries: expect.any(Array) })
  })

  it('names the providers that compute in software, which compare leaves out and says so', async () => {
    const { stdout, stderr } = await succeeds`compare models/two-moons/sampler.onnx`
    expect(stderr).toMatch(/^comparing took [\d.]+ m?s: cpu [\d.]+ m?s/m)
    for (const { provider, software } of tried.providers)
      if (software)
        expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(
          new RegExp(
            `- ${provider} is not compared: it runs on .*, which is software: name it in --providers`,
          ),
        )
  })

  it.skipIf(gpu)(
    'lists what CUDA needs where it is named, exit 1, and prints nothing but its own lines',
    () => {
      // as a program: native libraries would write around our streams
      const { status, stdout, stderr } = moonstepProcess('doctor', '--provider', 'cuda')
      expect([status, stderr.replaceAll(/^(trying the .* so far|next: .*)\n/gm, '')]).toEqual([1, ''])
      expect(stdout).toMatch(/^ {2}cuda +no: there is no NVIDIA GPU, or its driver is not loaded$/m)
      expect(stdout).toMatch(/^ {2}libonnxruntime_providers_cuda\.so +missing$/m)
      expect(stdout).toContain('ONNXRUNTIME_NODE_INSTALL=')
      for (const line of stdout.trim().split('\n'))
        expect(line).toMatch(/^(sampling|training|CUDA|to get .*| {2}.+)$/)
    },
  )

  it.each([
    [['--provider', 'gpu'], /unknown provider gpu/],
    [['--device-id', '1'], /--device-id is for --provider cuda/],
  ])('refuses %j in one line, exit 2', async (options, message) => {
    await refuses(['doctor', ...options], message)
  })
})

describeWith('chromium', 'doctor and Chromium', () => {
  it('exits with 1 where the provider that is named lacks its browser', async () => {
    process.env.CHROMIUM_PATH = '/nowhere/chromium'
    try {
      const { status, stdout } = await moonstep`doctor --provider wasm-browser`
      expect(status).toBe(1)
      expect(stdout).toMatch(/^ {2}wasm-browser +no: Chromium \(\/nowhere\/chromium\) does not start/m)
    } finally {
      delete process.env.CHROMIUM_PATH
    }
    expect(chromiumPath()).toBeDefined()
  })
})

describeWith('tensorflow', 'doctor --install tensorflow', () => {
  it('does nothing where the binding is installed', async () => {
    const { status, stdout, stderr } = await moonstep`doctor --install tensorflow`
    expect([status, stderr]).toEqual([0, expect.stringContaining('TensorFlow binding in place')])
    expect(stdout).toMatch(/tensorflow +yes/)
  })
})
