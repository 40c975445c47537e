import type { Probe } from './probe.ts'

/** A library that CUDA's provider needs, and where the system's loader finds it. */
export interface Library {
  readonly name: string
  /** null where the loader doesn't find it. */
  readonly path: string | null
  /** A folder that holds it, but that the loader doesn't look into. */
  readonly elsewhere: string | null
}

/** The libraries that a provider for a version of CUDA is linked to: of onnxruntime's own builds. */
const linked = (cuda: number) => [
  `libcublasLt.so.${cuda}`,
  `libcublas.so.${cuda}`,
  'libcurand.so.10',
  `libcudart.so.${cuda}`,
  'libcuda.so.1',
]

/** Not linked: loaded when an op first asks for it. */
const loadedLater = 'libcudnn.so.9'

const isCuda = (name: string) => /^lib(cu|nv)/.test(name)

/** What the provider's library needs: by itself where it is there, else as builds for that CUDA are linked. */
export function neededLibraries(probe: Probe, providerLibrary: string | null, cuda: number): Library[] {
  const listed = providerLibrary && probe.run('ldd', [providerLibrary])
  const found = new Map(listed ? parseLdd(listed) : [])
  const names = found.size > 0 ? [...found.keys()] : linked(cuda)
  return [...names.filter((name) => name !== loadedLater), loadedLater].map((name) => {
    const path = found.get(name) ?? searchLoader(probe, name)
    return { name, path, elsewhere: path ? null : searchElsewhere(probe, name) }
  })
}

/** ldd's lines 'libcublas.so.13 => /path' or '=> not found', of CUDA's libraries alone. */
function parseLdd(text: string): [name: string, path: string | null][] {
  return [...text.matchAll(/^\s*(\S+) => (not found|\S+)/gm)]
    .filter(([, name]) => isCuda(name!))
    .map(([, name, path]) => [name!, path === 'not found' ? null : path!])
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

/** Where CUDA is often installed, and where pip puts it with the command that `cuda.ts` gives. */
function searchElsewhere(probe: Probe, name: string): string | null {
  const toolkits = [
    '/opt/cuda',
    ...probe
      .list('/usr/local')
      .filter(isToolkit)
      .map((each) => `/usr/local/${each}`),
  ]
  const ends = ['lib64', 'lib', 'targets/x86_64-linux/lib']
  const wheels = probe.list('.cuda/nvidia').map((each) => `.cuda/nvidia/${each}/lib`)
  const folders = [...toolkits.flatMap((each) => ends.map((end) => `${each}/${end}`)), ...wheels]
  return folders.find((folder) => probe.exists(`${folder}/${name}`)) ?? null
}

const isToolkit = (name: string) => name.startsWith('cuda')
