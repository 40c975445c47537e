import type { Plugin } from 'vite'

/** What onnx-proto has for each message beside reading and writing it; no code here calls it. */
const unused =
  /^( +)[\w.]+\.(?:prototype\.toJSON|verify|fromObject|toObject|encodeDelimited|decodeDelimited) = function \w+\(.*\{\n[\s\S]*?\n\1\};\n/gm

/**
 * Leaves out the functions of onnx-proto that convert and verify plain objects: half of a package that is most of what a
 * page loads to read a model.
 */
export const leanOnnxProto = (): Plugin => ({
  name: 'moonstep:lean-onnx-proto',
  transform: {
    filter: { id: /\/onnx-proto\/dist\/onnx\.js$/ },
    handler(code) {
      const lean = code.replace(unused, '')
      if (lean.length > code.length * 0.6)
        throw new Error('onnx-proto has another form: adapt vite.onnx-proto.ts')
      return { code: lean, map: null }
    },
  },
})
