import type { Plugin } from 'vite'

/** What onnx-proto has for each message beside reading and writing it; no code here calls it. */
const conversions =
  /^( +)[\w.]+\.(?:prototype\.toJSON|verify|fromObject|toObject|encodeDelimited|decodeDelimited|create) = function \w+\(.*\{\n[\s\S]*?\n\1\};\n/gm

/** What protobufjs loads for remote calls and texts of bytes, which onnx-proto has none of. */
const unused = /^(?:protobuf\.rpc|util\.(?:asPromise|base64|EventEmitter)) += require\(.*\n/gm

/**
 * Leaves out what nobody calls of the packages that read a model, which are most of what a page loads for it: the functions
 * of onnx-proto that convert and verify plain objects, half of that package, and the remote calls of protobufjs.
 */
export const leanOnnxProto = (): Plugin => ({
  name: 'moonstep:lean-onnx-proto',
  transform: {
    filter: { id: /\/onnx-proto\/dist\/onnx\.js$|\/protobufjs\/src\/(?:index-|util\/)minimal\.js$/ },
    handler(code, id) {
      const inOnnxProto = id.includes('/onnx-proto/')
      const lean = code.replace(inOnnxProto ? conversions : unused, '')
      if (inOnnxProto ? lean.length > code.length * 0.6 : lean === code)
        throw new Error(`${id} has another form: adapt vite.onnx-proto.ts`)
      return { code: lean, map: null }
    },
  },
})
