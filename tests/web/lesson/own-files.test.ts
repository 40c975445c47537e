import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { exportNoisePredictor } from '../../../src/export/export-model.ts'
import { sample } from '../../../src/infer/sample.ts'
import { loadModel } from '../../../src/node/providers.ts'
import { maxAbsDifference } from '../../../src/numerics/points.ts'
import { referenceModel } from '../../helpers/models.ts'
import { describeWith } from '../../helpers/needs.ts'
import { petModel } from '../../helpers/tables.ts'
import { root } from '../helpers.ts'

import { lessonInChromium, seedModel } from './readers.ts'

const modelBytes = readFileSync(join(seedModel, 'model.onnx'))

describeWith('chromium', 'the lesson with a reader’s own files', () => {
  const lesson = lessonInChromium()

  it("takes a reader's model and its CSV, and says what is wrong with others", async () => {
    const reader = await lesson.open('?count=100&backend=typescript')
    await reader.until('reverse-value', /^step [1-9]/)
    const own = await exportNoisePredictor(referenceModel)
    await reader.drop({ 'mine.onnx': own })
    await reader.until('own-status', /^Shown: mine\.onnx\.$/)
    expect(await reader.text('data-caption')).toMatch(/not known here: drop its CSV/)
    await reader.until('distance', /^not known/)
    await reader.until('reverse-value', /t = 0$/)
    const model = await loadModel(own)
    const { points } = await sample(model, { count: 100 })
    await model.dispose()
    expect(maxAbsDifference(await reader.csv(), points.data)).toBeLessThanOrEqual(1e-4)
    // the address follows after a moment
    await reader.page.waitForFunction("!location.search.includes('model=')")

    const rows = Array.from({ length: 60 }, (_, i) => `${Math.sin(i)},${Math.cos(i)}`)
    await reader.drop({ 'points.csv': Buffer.from(`x0,x1\n${rows.join('\n')}\n`) })
    await reader.until('data-caption', /^points\.csv, 60 points/)
    await reader.until('distance', /^\d\.\d{4}$/)
    await reader.page.setInputFiles('#files', join(root, 'models/checkerboard/model.onnx'))
    await reader.until('own-status', /^Shown: model\.onnx\.$/)
    await reader.until('data-caption', /^checkerboard, 1000 points/)
    await reader.until('reverse-value', /of 10, t = 0$/)

    const kept = await reader.pixels('reverse-figure')
    const newer = Buffer.from(modelBytes.toString('latin1').replace('"format":1', '"format":9'), 'latin1')
    const bad: [string, Uint8Array, RegExp][] = [
      ['short.onnx', modelBytes.subarray(0, 60_000), /^short\.onnx /],
      ['newer.onnx', newer, /^newer\.onnx: .*format 9.*update moonstep$/],
      [
        'sampler.onnx',
        readFileSync(join(seedModel, 'sampler.onnx')),
        /^sampler\.onnx is a sampler\.onnx.*give the model\.onnx/,
      ],
      [
        'pets.onnx',
        await exportNoisePredictor(petModel()),
        /^pets\.onnx is the model of a table \(8 columns\): this page explains models of points; sample it with moonstep sample$/,
      ],
      [
        'words.csv',
        Buffer.from('x,y\n1,2\nred,4\n'),
        /^words\.csv, column x is a category: this page takes only numbers$/,
      ],
      [
        'gaps.csv',
        Buffer.from('x,y\n1,2\n,4\n'),
        /^gaps\.csv, row 2, column x: the cell is empty: this page takes no missing values$/,
      ],
      ['wide.csv', Buffer.from('1,2,3\n4,5,6\n'), /^wide\.csv has 3 columns, the model has 2/],
      [
        'people.csv',
        Buffer.from('age,income\n30,20000\n40,30000\n'),
        /^people\.csv has a column age, which the model does not have \(x, y\)/,
      ],
      [
        'far.csv',
        Buffer.from('x,y\n300,200\n400,300\n'),
        /^far\.csv: only 0 of 2 rows lie near what the model was trained on \(x -2 to 1\.99, y -2 to 2\)/,
      ],
    ]
    for (const [name, bytes, message] of bad) {
      await reader.drop({ [name]: bytes })
      await reader.until('problem', message)
    }
    await reader.page.evaluate(`(() => {
      const dataTransfer = new DataTransfer()
      dataTransfer.items.add(new File([new Uint8Array(100_000_000)], 'zeros.onnx'))
      document.body.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer }))
    })()`)
    await reader.until('problem', /^zeros\.onnx is no ONNX file/)
    expect(await reader.pixels('reverse-figure')).toBe(kept)
    await reader.page.selectOption('#model', 'two-moons-seed')
    await reader.until('problem', /^$/)
  })

  it("names the columns, the ranges and the part that is drawn of a reader's own data", async () => {
    const reader = await lesson.open('?model=circles&count=100&backend=typescript')
    await reader.until('reverse-value', /t = 0$/)
    const rows = Array.from({ length: 30_000 }, (_, i) => `${Math.sin(i)},${0.5 * Math.cos(i)}`)
    await reader.drop({
      'rings.csv': Buffer.from(`x,y\n${rows.join('\n')}\n`),
      'mine.onnx': readFileSync(join(root, 'models/circles/model.onnx')),
    })
    await reader.until(
      'data-caption',
      /^rings\.csv, 30000 points, 20000 of them drawn: more would hide each other: x from −1\.00 to 1\.00, y from −0\.50 to 0\.50\./,
    )
    const links = await reader.page.locator('nav[aria-label="Contents"] a').all()
    expect(links.length).toBeGreaterThanOrEqual(6)
    for (const link of links) {
      const target = reader.page.locator((await link.getAttribute('href'))!)
      expect(await target.locator('h2').first().textContent()).toBeTruthy()
    }
  })
})
