/** The post's network and AdamW in jax-js, written like its own examples: one jitted function per step. */
import { defaultDevice, init, jit, nn, numpy as np, valueAndGrad } from '@jax-js/jax'

const widths = [3, 100, 100, 100, 20, 2]
const [T, beta1, beta2, decay, epsilon] = [10, 0.9, 0.999, 1e-4, 1e-8]

/** The parameters: the encoder's weight and bias, then each layer's. */
function initialParameters() {
  const uniform = (rows, columns) => {
    const bound = 1 / Math.sqrt(rows)
    const at = (i) => bound * (2 * ((i * 0.6180339887) % 1) - 1)
    return np.array(Float32Array.from({ length: rows * columns }, (_, i) => at(i))).reshape([rows, columns])
  }
  const pairs = [[T, 1], ...widths.slice(1).map((width, i) => [widths[i], width])]
  return pairs.flatMap(([rows, columns]) => [uniform(rows, columns), uniform(1, columns)])
}

function lossOf(parameters, x, hot, target) {
  const [encoder, shift, ...layers] = parameters
  let h = np.concatenate([x, np.matmul(hot, encoder).add(shift)], 1)
  for (let i = 0; i < layers.length; i += 2) {
    h = np.matmul(h, layers[i]).add(layers[i + 1])
    if (i + 2 < layers.length) h = nn.leakyRelu(h, 0.01)
  }
  return np.mean(np.square(h.sub(target)))
}

const referred = (arrays) => arrays.map((array) => array.ref)

const stepOf = jit((parameters, first, second, x, hot, target, rate) => {
  const [loss, gradient] = valueAndGrad(lossOf)(referred(parameters), x, hot, target)
  const m = first.map((old, i) => old.mul(beta1).add(gradient[i].ref.mul(1 - beta1)))
  const v = second.map((old, i) => old.mul(beta2).add(np.square(gradient[i]).mul(1 - beta2)))
  const p = parameters.map((old, i) =>
    old.mul(1 - 1e-2 * decay).sub(rate.ref.mul(m[i].ref).div(np.sqrt(v[i].ref).add(epsilon))),
  )
  rate.dispose()
  return [loss, p, m, v]
})

/** Trains on batches: x_t [n, 2], t [n] and the target [n, 2]. */
export async function createJaxEngine() {
  await init('wasm')
  defaultDevice('wasm')
  let parameters = initialParameters()
  let first = parameters.map((array) => np.zeros(array.ref.shape))
  let second = parameters.map((array) => np.zeros(array.ref.shape))
  return {
    async step({ x_t, t, target }, rate) {
      const hot = new Float32Array(t.length * T)
      for (let i = 0; i < t.length; i++) hot[i * T + t[i] - 1] = 1
      const [loss, p, m, v] = stepOf(
        parameters,
        first,
        second,
        np.array(x_t.data).reshape([x_t.count, 2]),
        np.array(hot).reshape([t.length, T]),
        np.array(target.data).reshape([target.count, 2]),
        np.array(Float32Array.of(rate)),
      )
      ;[parameters, first, second] = [p, m, v]
      return (await loss.data())[0]
    },
  }
}
