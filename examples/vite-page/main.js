import 'moonstep/element'
import model from 'moonstep/models/two-moons/model.onnx?url'

const element = document.querySelector('moon-sampler')
const output = document.querySelector('output')

// the numbers of the samples, in the data's units, after each draw
element.addEventListener('sample', ({ detail: { points } }) => {
  const mean = (d) =>
    points.data.reduce((sum, value, k) => sum + (k % points.dim === d ? value : 0), 0) / points.count
  output.value = `${mean(0).toFixed(2)}, ${mean(1).toFixed(2)}`
})
element.src = model
