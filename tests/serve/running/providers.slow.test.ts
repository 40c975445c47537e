import { describe, expect, it } from 'vitest'
import { moonstep } from '../../helpers/cli.ts'
import { startServer } from '../../helpers/server.ts'
import { words } from '../../helpers/words.ts'

describe.each(['simd', 'wasm'])('on provider %s', (provider) => {
  it('the rows are those of sample there', async () => {
    const other = await startServer('models/penguins/sampler.onnx', '--provider', provider, '--quiet')
    const accept = { headers: { accept: 'text/csv' } }
    const served = await (await fetch(`${other.url}/v2/models/penguins/sample?n=50&seed=5`, accept)).text()
    const drawn = words`-n 50 --seed 5 --provider ${provider} --quiet`
    expect(served).toBe((await moonstep`sample models/penguins/sampler.onnx ${drawn}`).stdout)
    expect(await (await fetch(`${other.url}/metrics`)).text()).toContain(`provider="${provider}"`)
    expect(await other.end('SIGINT')).toBe(130)
  }, 60_000)
})
