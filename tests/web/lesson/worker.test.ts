import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { standardNormals, streams } from '../../../src/numerics/random.ts'
import type { CommittedModel, PointsConfig } from '../../../web/src/committed-model.ts'
import { lesson } from '../../../web/src/worker/lesson.ts'
import { root } from '../helpers.ts'

it('the network that is being opened guesses, not the one that was open, which may have fewer timesteps', async () => {
  const slow = createServer((request, response) => {
    const body = readFileSync(join(root, 'models', request.url!))
    setTimeout(() => response.end(body), 300)
  })
  await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve))
  const site = `http://127.0.0.1:${(slow.address() as AddressInfo).port}`
  const committed = (name: string): CommittedModel => {
    const config = JSON.parse(readFileSync(join(root, 'models', name, 'config.json'), 'utf8')) as PointsConfig
    return { name, label: name, config, weights: `${site}/${name}/weights.safetensors`, onnx: '' }
  }
  const [count, dim] = [3, 2]
  const data = standardNormals({ seed: 1, stream: streams.x_T, step: 0, start: 0, count, dim })
  const guessAt = (t: number) => lesson.field({ data, count, dim }, t)

  expect((await lesson.openRun(committed('two-moons-student'))).schedule.T).toBe(1)
  await guessAt(1)
  const overtaken = expect(lesson.openRun(committed('two-moons'))).rejects.toThrow('another model was opened')
  const opening = lesson.openRun(committed('two-moons-seed'))
  const guess = await guessAt(5)
  await overtaken
  expect((await opening).schedule.T).toBe(10)
  expect(guess).toEqual(await guessAt(5))
  slow.close()
})

it('no file is read that is too large for a page', async () => {
  const reads: string[] = []
  const file = new Proxy(new Blob(['x,y\n1,2\n']), {
    get(target, key) {
      if (key === 'size') return 3 * 2 ** 30 + 1
      reads.push(String(key))
      return Reflect.get(target, key)
    },
  })
  const said =
    /^big has 3,073 MiB, and this page takes up to 256: use the command line, which reads files of any size$/
  await expect(lesson.openFile(file, 'big')).rejects.toThrow(said)
  await expect(lesson.readCsv(file, 'big')).rejects.toThrow(said)
  await expect(lesson.readCsv(file, 'big', true)).rejects.toThrow(said)
  expect(reads).toEqual([])
})
