import type { Plugin } from 'vite'

/** What onnx-proto has for each message beside reading and writing it, and two lists of names; no code here asks for them. */
const unasked =
  /^( +)(?:[\w.]+\.(?:prototype\.toJSON|verify|fromObject|toObject|encodeDelimited|decodeDelimited|create) = function \w+\(.*\{\n[\s\S]*?\n\1\};|onnx\.(?:Version|OperatorStatus) = \(function\(\) \{\n[\s\S]*?\n\1\}\)\(\);)\n/gm

/**
 * What protobufjs loads for remote calls and texts of bytes, which onnx-proto doesn't have, and for integers beyond 2^53, without
 * which it reads integers as numbers.
 */
const unused =
  /^(?:protobuf\.rpc|util\.(?:asPromise|base64|EventEmitter)) += require\(.*\n|^ +var Long = require\("long"\);\n(?= +return Long && Long\.isLong)/gm

/** How protobufjs reads and writes floats where there are no typed arrays, which every page that runs here has. */
const withoutTypedArrays = /^ +\}\)\(\); else \(function\(\) \{\r?\n[\s\S]*?\n {4}\}\)\(\);\r?\n/gm

/** What is left out of which file. */
const leftOut = [
  { file: '/onnx-proto/dist/onnx.js', pattern: unasked, most: 0.6, instead: '' },
  { file: '/protobufjs/src/', pattern: unused, most: 0.99, instead: '' },
  { file: '/@protobufjs/float/index.js', pattern: withoutTypedArrays, most: 0.7, instead: '})();\n' },
]

/**
 * Leaves out what nobody calls of the packages that read a model, which are most of what a page loads for it: the functions
 * of onnx-proto that convert and verify plain objects, half of that package, its names of versions, the remote calls of
 * protobufjs, and its ways around typed arrays.
 */
export const leanOnnxProto = (): Plugin => ({
  name: 'moonstep:lean-onnx-proto',
  transform: {
    filter: {
      id: /\/onnx-proto\/dist\/onnx\.js$|\/protobufjs\/src\/(?:index-|util\/)minimal\.js$|\/@protobufjs\/float\/index\.js$/,
    },
    handler(code, id) {
      const { pattern, most, instead } = leftOut.find(({ file }) => id.includes(file))!
      const lean = code.replace(pattern, instead)
      if (lean.length > most * code.length)
        throw new Error(`${id} has another form: adapt vite.onnx-proto.ts`)
      return { code: lean, map: null }
    },
  },
})
