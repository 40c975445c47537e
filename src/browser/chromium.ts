import { accessSync, constants, existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Browser } from 'playwright-core'
import { InputError, messageOf } from '../core/errors.ts'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** Where Chromium is: CHROMIUM_PATH, else by the usual names on PATH; undefined if nowhere. */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string | undefined {
  if (env.CHROMIUM_PATH) return env.CHROMIUM_PATH
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean)
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram)
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Whether the machine has a GPU that Chromium could take; a WSL or another system than Linux may have one. */
function mayHaveGpu(): boolean {
  if (process.platform !== 'linux') return true
  const renders = existsSync('/dev/dri') && readdirSync('/dev/dri').some((name) => name.startsWith('renderD'))
  return renders || existsSync('/dev/nvidiactl') || existsSync('/dev/dxg')
}

/**
 * Flags for WebGPU without a window. With a GPU they are Chrome's own for tests on a server
 * (developer.chrome.com/blog/supercharge-web-ai-testing); without one WebGPU computes on SwiftShader, on the
 * processor, and sessions say so as their adapter.
 */
export function chromiumFlags(gpu = mayHaveGpu()): string[] {
  const quiet = ['quic', 'background-networking', 'component-update', 'sync'].map(
    (name) => `--disable-${name}`,
  )
  const vulkan = ['--enable-features=Vulkan', '--use-angle=vulkan', '--disable-vulkan-surface']
  const adapter = gpu ? (process.platform === 'linux' ? vulkan : []) : ['--use-webgpu-adapter=swiftshader']
  return ['--headless', '--no-first-run', ...quiet, '--enable-unsafe-webgpu', ...adapter]
}

/** Starts Chromium. Errors: playwright-core or Chromium is missing, or doesn't start. */
export async function launchChromium(): Promise<Browser> {
  const { chromium } = await import('playwright-core').catch((error) => {
    throw new InputError(
      `the browser's providers need playwright-core (${messageOf(error).split('\n')[0]}): run npm install playwright-core`,
    )
  })
  const executablePath = findChromium()
  if (!executablePath)
    throw new InputError(
      "the browser's providers need Chromium, which is not on PATH: install it (sudo apt-get install chromium), " +
        'or name the program in CHROMIUM_PATH',
    )
  return await chromium
    .launch({
      executablePath,
      args: chromiumFlags(),
      // whoever runs the command decides what a signal means; Chromium ends with the process in any case
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    })
    .catch((error) => {
      throw new InputError(
        `Chromium (${executablePath}) does not start: ${messageOf(error).split('\n')[0]}: ` +
          'name another in CHROMIUM_PATH',
      )
    })
}
