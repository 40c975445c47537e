import { expect, it } from 'vitest'
import { moonstep } from '../helpers/cli.ts'
import { describeWith } from '../helpers/needs.ts'
import { startServer } from '../helpers/server.ts'
import { words } from '../helpers/words.ts'

describeWith('cuda', 'a server on CUDA', () => {
  it('gives the rows of sample there', async () => {
    const server = await startServer('models/penguins/sampler.onnx', '--provider', 'cuda')
    const accept = { headers: { accept: 'text/csv' } }
    const served = await (await fetch(`${server.url}/v2/models/penguins/sample?n=300&seed=5`, accept)).text()
    const drawn = words`-n 300 --seed 5 --provider cuda --quiet`
    expect(served).toBe((await moonstep`sample models/penguins/sampler.onnx ${drawn}`).stdout)
    expect(await server.end('SIGINT')).toBe(130)
  }, 120_000)
})
