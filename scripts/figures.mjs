const seed = 'models/two-moons-seed'
const model = 'models/two-moons'

/** The figures of the docs: a file in docs/images, and what `moonstep plot` makes it from. The first five are the post's. */
export const figures = [
  ['dataset.svg', 'dataset', `${seed}/model.onnx`],
  ['forward.svg', 'forward', `${seed}/model.onnx`],
  ['samples.svg', 'samples', `${seed}/model.onnx`],
  ['vector-field.svg', 'vector-field', `${seed}/model.onnx`],
  ['schedules.svg', 'schedules', '--schedule', 'linear,polynomial'],
  ['loss.svg', 'loss', seed],
  ['trajectory.svg', 'trajectory', `${model}/model.onnx`],
  ['density.svg', 'density', `${model}/model.onnx`],
  ['pairs.svg', 'pairs', `${model}/model.onnx`],
  ['samples-dark.svg', 'samples', `${model}/model.onnx`, '--theme', 'dark', '--size', '720x360'],
  ['reverse.gif', 'reverse', `${model}/model.onnx`],
]
