import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** Access to a machine's files, programs and environment. */
export interface Probe {
  readonly platform: string
  readonly arch: string
  readonly env: Readonly<Record<string, string | undefined>>
  exists(path: string): boolean
  /** Returns a file's text, or undefined if it can't be read. */
  read(path: string): string | undefined
  list(folder: string): readonly string[]
  /** Returns a program's output, or undefined if it is missing, fails, or takes ten seconds. */
  run(command: string, args: readonly string[]): string | undefined
}

export const machine: Probe = {
  platform: process.platform,
  arch: process.arch,
  env: process.env,
  exists: existsSync,
  read: (path) => orUndefined(() => readFileSync(path, 'utf8')),
  list: (folder) => orUndefined(() => readdirSync(folder)) ?? [],
  run(command, args) {
    const { status, stdout } = spawnSync(command, args, { encoding: 'utf8', timeout: 10_000 })
    return status === 0 ? stdout : undefined
  },
}

function orUndefined<R>(read: () => R): R | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

/** A library that the CUDA provider needs, and where the system's loader finds it. */
export interface Library {
  readonly name: string
  readonly path: string | null
  /** A folder that has it but is not on the loader's path. */
  readonly elsewhere: string | null
}

/** Libraries that onnxruntime's own builds for a CUDA version are linked to. */
const linked = (cuda: number) => [
  `libcublasLt.so.${cuda}`,
  `libcublas.so.${cuda}`,
  'libcurand.so.10',
  `libcudart.so.${cuda}`,
  'libcuda.so.1',
]

/** Not linked, but loaded when an op first needs it. */
const loadedLater = 'libcudnn.so.9'

/**
 * Libraries the provider needs: as listed by ldd if it is installed, otherwise the libraries that builds for that CUDA
 * version link to.
 */
function neededLibraries(probe: Probe, listed: string, cuda: number): Library[] {
  const paths = new Map(parseLdd(listed))
  const names = paths.size > 0 ? [...paths.keys()] : linked(cuda)
  return [...names.filter((name) => name !== loadedLater), loadedLater].map((name) => {
    const path = paths.get(name) ?? searchLoader(probe, name)
    return { name, path, elsewhere: path ? null : searchElsewhere(probe, name) }
  })
}

/** Parses ldd's lines 'libcublas.so.13 => /path' or '=> not found', CUDA's libraries only. */
function parseLdd(text: string): [name: string, path: string | null][] {
  const lines = text.matchAll(/^\s*(lib(?:cu|nv)\S*) => (not found|\S+)/gm)
  return Array.from(lines, ([, name, path]) => [name!, path === 'not found' ? null : path!])
}

/** Where dlopen finds a library: LD_LIBRARY_PATH, then the loader's cache. */
function searchLoader(probe: Probe, name: string): string | null {
  const folders = (probe.env.LD_LIBRARY_PATH ?? '').split(':').filter(Boolean)
  const folder = folders.find((each) => probe.exists(`${each}/${name}`))
  if (folder) return `${folder}/${name}`
  const cache = probe.run('ldconfig', ['-p']) ?? probe.run('/sbin/ldconfig', ['-p']) ?? ''
  const line = cache.split('\n').find((each) => each.trim().startsWith(`${name} `))
  return line?.split(' => ')[1]?.trim() ?? null
}

/** Common CUDA folders, and where the pip command of `remediesFor` installs it. */
function searchElsewhere(probe: Probe, name: string): string | null {
  const local = probe.list('/usr/local').filter((each) => each.startsWith('cuda'))
  const toolkits = ['/opt/cuda', ...local.map((each) => `/usr/local/${each}`)]
  const ends = ['lib64', 'lib', 'targets/x86_64-linux/lib']
  const folders = [
    ...toolkits.flatMap((each) => ends.map((end) => `${each}/${end}`)),
    ...probe.list('.cuda/nvidia').map((each) => `.cuda/nvidia/${each}/lib`),
  ]
  return folders.find((folder) => probe.exists(`${folder}/${name}`)) ?? null
}

/** What CUDA needs on a machine, and how to get what is missing. */
export interface CudaReport {
  readonly driver: { readonly version: string; readonly from: string } | null
  /** NVIDIA GPUs, as named by the driver or, without one, as device files. */
  readonly gpus: readonly string[]
  /** onnxruntime-node's CUDA library; null if missing. */
  readonly provider: string | null
  readonly cuda: number
  readonly libraries: readonly Library[]
  /** Whether matrix products may round to TF32 in this environment. */
  readonly tf32: boolean
  /** In order: what each installs, and the command. Without a GPU no driver is listed. */
  readonly remedies: readonly { readonly gets: string; readonly command: string }[]
}

/** The oldest driver that runs a version of CUDA: NVIDIA's "CUDA Compatibility", minor version compatibility. */
const oldestDriver: Readonly<Record<number, number>> = { 12: 525, 13: 580 }

/** PyPI packages of each library by CUDA version; packages for 13 have no suffix. */
const wheels: readonly [prefix: string, of12: string, of13: string][] = [
  ['libcublas', 'nvidia-cublas-cu12', "'nvidia-cublas<14'"],
  ['libcudart', 'nvidia-cuda-runtime-cu12', "'nvidia-cuda-runtime<14'"],
  ['libcurand', 'nvidia-curand-cu12', 'nvidia-curand'],
  ['libcufft', 'nvidia-cufft-cu12', 'nvidia-cufft'],
  ['libcudnn', 'nvidia-cudnn-cu12', 'nvidia-cudnn-cu13'],
  ['libnvrtc', 'nvidia-cuda-nvrtc-cu12', "'nvidia-cuda-nvrtc<14'"],
]

const providerName = 'libonnxruntime_providers_cuda.so'

/** Examines a machine; `onnxruntime` is the folder of the onnxruntime-node package, if installed. */
export function examineCuda(probe: Probe, onnxruntime: string | undefined): CudaReport {
  const driver = findDriver(probe)
  const binaries = `${onnxruntime}/bin/napi-v6/${probe.platform}/${probe.arch}`
  const provider =
    onnxruntime && probe.exists(`${binaries}/${providerName}`) ? `${binaries}/${providerName}` : null
  // what the package's install script would download: 'linux/x64:cuda12'
  const metadata = probe.read(`${onnxruntime}/script/install-metadata.js`) ?? ''
  const manifest = /'linux\/x64:(cuda(\d+))'/.exec(metadata)
  const listed = (provider && probe.run('ldd', [provider])) ?? ''
  const cudart = /libcudart\.so\.(\d+)/.exec(listed)
  const cuda = Number(cudart?.[1] ?? manifest?.[2] ?? 12)
  const libraries = neededLibraries(probe, listed, cuda)
  const tf32 = probe.env.NVIDIA_TF32_OVERRIDE !== '0'
  const report = { driver, gpus: findGpus(probe), provider, cuda, libraries, tf32 }
  const isPossible = probe.platform === 'linux' && probe.arch === 'x64' && onnxruntime !== undefined
  if (!isPossible) return { ...report, remedies: [] }
  const install = { manifest: manifest?.[1] ?? 'cuda12', onnxruntime, binaries }
  return { ...report, remedies: remediesFor(probe, report, install) }
}

function findDriver(probe: Probe): CudaReport['driver'] {
  const file = '/proc/driver/nvidia/version'
  const version = /Kernel Module(?: for \S+)?\s+(\d+[\d.]*)/.exec(probe.read(file) ?? '')?.[1]
  if (version) return { version, from: file }
  const query = ['--query-gpu=driver_version', '--format=csv,noheader']
  const driverVersion = probe.run('nvidia-smi', query)?.split('\n')[0]?.trim() ?? ''
  return /^\d+[\d.]*$/.test(driverVersion) ? { version: driverVersion, from: 'nvidia-smi' } : null
}

function findGpus(probe: Probe): string[] {
  const listed = probe.run('nvidia-smi', ['-L'])?.match(/^GPU \d+: .*$/gm)
  if (listed) return listed.map((line) => line.replace(/ \(UUID.*$/, ''))
  const bus = '/sys/bus/pci/devices'
  const of = (device: string, file: string) => probe.read(`${bus}/${device}/${file}`)?.trim() ?? ''
  const devices = probe
    .list(bus)
    .filter((device) => of(device, 'vendor') === '0x10de' && of(device, 'class').startsWith('0x03'))
  return devices.map((device) => `an NVIDIA GPU at ${device}`)
}

function remediesFor(
  probe: Probe,
  { driver, gpus, provider, cuda, libraries }: Omit<CudaReport, 'remedies'>,
  { manifest, onnxruntime, binaries }: { manifest: string; onnxruntime: string; binaries: string },
): CudaReport['remedies'] {
  const remedies: { gets: string; command: string }[] = []
  const oldest = oldestDriver[cuda] ?? 0
  if (driver ? Number.parseInt(driver.version, 10) < oldest : gpus.length > 0)
    remedies.push({ gets: `NVIDIA's driver, ${oldest} or later`, command: driverCommand(probe, oldest) })
  if (!provider) {
    const command = `ONNXRUNTIME_NODE_INSTALL=${manifest} node ${onnxruntime}/script/install.js`
    remedies.push({ gets: `${providerName}, for ${manifest}`, command })
    const gets = `or, if api.nuget.org can't be reached, the one for CUDA 13 of the same version from PyPI`
    remedies.push({ gets, command: wheelCommand(probe, onnxruntime, binaries) })
  }
  const missing = libraries.filter(({ name, path }) => !path && name !== 'libcuda.so.1')
  const folders = new Set(missing.flatMap(({ elsewhere }) => elsewhere ?? []))
  const nowhere = missing.filter(({ elsewhere }) => !elsewhere).map(({ name }) => name)
  const wheelOf = (name: string) => wheels.find(([prefix]) => name.startsWith(prefix))?.[cuda >= 13 ? 2 : 1]
  const packages = new Set(nowhere.flatMap((name) => wheelOf(name) ?? []))
  if (packages.size > 0) {
    folders.add('.cuda/nvidia/*/lib')
    const command = `python3 -m pip install --target .cuda ${[...packages].join(' ')}`
    remedies.push({ gets: nowhere.join(', '), command })
  }
  if (folders.size > 0) {
    const paths = `$(printf '%s:' ${[...folders].map(absolute).join(' ')})\${LD_LIBRARY_PATH:-/usr/lib}`
    remedies.push({ gets: 'the loader to look there', command: `export LD_LIBRARY_PATH="${paths}"` })
  }
  return remedies
}

const absolute = (folder: string) => (folder.startsWith('/') ? folder : `"$PWD"/${folder}`)

function driverCommand(probe: Probe, oldest: number): string {
  if (probe.exists('/.dockerenv') || probe.exists('/run/.containerenv'))
    return 'docker run --gpus all … (the driver is the host’s; its nvidia-container-toolkit hands it in)'
  const system = /^ID=(?:"?)(\w+)/m.exec(probe.read('/etc/os-release') ?? '')?.[1]
  if (system === 'ubuntu') return 'sudo ubuntu-drivers install'
  if (system === 'debian') return 'sudo apt-get install nvidia-driver'
  return `see https://www.nvidia.com/drivers for version ${oldest} or later`
}

/** The Python package of the same version contains the same library, which onnxruntime-node can load. */
function wheelCommand(probe: Probe, onnxruntime: string, binaries: string): string {
  const version = /"version": "([\d.]+)"/.exec(probe.read(`${onnxruntime}/package.json`) ?? '')?.[1]
  return (
    'python3 -m pip download --no-deps --only-binary=:all: --python-version 3.12 --platform manylinux_2_28_x86_64 ' +
    `onnxruntime-gpu==${version} && unzip -j -o onnxruntime_gpu-${version}-*.whl ` +
    `'*/libonnxruntime_providers_cuda.so' '*/libonnxruntime_providers_shared.so' -d ${binaries}`
  )
}
