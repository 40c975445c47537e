import type { Plugin } from 'vite'

/** What onnx-proto has for each message beside reading and writing it, and two lists of names; no code here asks for them. */
const unasked =
  /^( +)(?:[\w.]+\.(?:prototype\.toJSON|verify|fromObject|toObject|encodeDelimited|decodeDelimited|create) = function \w+\(.*\{\n[\s\S]*?\n\1\};|onnx\.(?:Version|OperatorStatus) = \(function\(\) \{\n[\s\S]*?\n\1\}\)\(\);)\n/gm

/** Readers and writers for callers without one; all code here has its own. */
const ownReaders =
  /^ +if \(!(?:writer|\(reader instanceof \$Reader\))\)\n +(?:writer = \$Writer|reader = \$Reader)\.create\(.*\n/gm

/** Messages that no code here reads or writes, and where others read and write them: as fields of a later version, they are skipped. */
const others =
  '(?:TrainingInfoProto|TensorAnnotation|SparseTensorProto|FunctionProto|TensorProto.Segment|TypeProto.(?:Sequence|Map|Optional|SparseTensor))'
const unreadMessages: Edit[] = [
  [new RegExp(String.raw`^( +)(?:onnx\.)?${others} = \(function\(\) \{\n[\s\S]*?\n\1\}\)\(\);\n`, 'gm'), ''],
  [
    new RegExp(
      String.raw`^ +case \d+:\n(?: +if \(!\(message.*\n.*\n)? +message\.\w+(?:\.push\(| = )\$root\.onnx\.${others}\.decode\(.*\n +break;\n`,
      'gm',
    ),
    '',
  ],
  [
    new RegExp(String.raw`^ +if \(message.*\n(?: +for .*\n)? +\$root\.onnx\.${others}\.encode\(.*\n`, 'gm'),
    '',
  ],
  [
    /^ +(?:this|\w+\.prototype)\.(?:trainingInfo|functions|quantizationAnnotation|sparse(?:Initializer|Tensors?)) = .*\n/gm,
    '',
  ],
]

/** What protobufjs loads for remote calls and texts of bytes, which onnx-proto has none of. */
const unused = /^(?:protobuf\.rpc|util\.(?:asPromise|base64|EventEmitter)) += require\(.*\n/gm

/** What protobufjs has for maps, JSON, remote calls and other generators, and its own errors, which nobody throws here. */
const unusedHelpers =
  /^util\.(?:longToHash|longFromHash|lcFirst|toJSONOptions) = [\s\S]*?\n\};?\n|^function newError\b[\s\S]*?\n\}\n|^util\.(?:newError|ProtocolError|key\d+Re) = .*\n|^util\.isset =[\s\S]*?\n\};\n/gm

/** How protobufjs makes keys of maps from integers. */
const hashes = /^LongBits\.(?:prototype\.to|from)Hash = [\s\S]*?\n\};\n/gm

/** How protobufjs reads and writes floats where there are no typed arrays, which every page that runs here has. */
const withoutTypedArrays = /^ +\}\)\(\); else \(function\(\) \{\r?\n[\s\S]*?\n {4}\}\)\(\);\r?\n/gm

/** What protobufjs has for Node's Buffer, which no page has. */
const nodeBuffers: Edit[] = [
  [
    /^protobuf\.Buffer(Writer|Reader) = require\(.*\n/gm,
    'protobuf.Buffer$1 = { _configure: function() {} };\n',
  ],
  [/^util\.Buffer = \(function\(\) \{\n[\s\S]*?\n\}\)\(\);\n/gm, 'util.Buffer = null;\n'],
]

type Edit = readonly [pattern: RegExp, instead: string]

/** What is left out of which file, and the share of it that is left at most. */
const leftOut: readonly { readonly file: string; readonly most: number; readonly edits: readonly Edit[] }[] =
  [
    {
      file: '/onnx-proto/dist/onnx.js',
      most: 0.55,
      edits: [[unasked, ''], [ownReaders, ''], ...unreadMessages],
    },
    {
      file: '/protobufjs/src/util/minimal.js',
      most: 0.85,
      edits: [[unused, ''], [unusedHelpers, ''], nodeBuffers[1]!],
    },
    { file: '/protobufjs/src/util/longbits.js', most: 0.9, edits: [[hashes, '']] },
    { file: '/protobufjs/src/', most: 1.03, edits: [[unused, ''], nodeBuffers[0]!] },
    { file: '/@protobufjs/float/index.js', most: 0.7, edits: [[withoutTypedArrays, '})();\n']] },
  ]

/** What writes messages, which a worker that only reads models does without. */
const writers: readonly { readonly file: string; readonly edit: Edit }[] = [
  {
    file: '/onnx-proto/dist/onnx.js',
    edit: [/^( +)[\w.]+\.encode = function \w+\(.*\{\n[\s\S]*?\n\1\};\n/gm, ''],
  },
  {
    file: '/protobufjs/src/index-minimal.js',
    edit: [
      /^protobuf\.(?:Buffer)?Writer += require\(.*\n|^ +protobuf\.Writer\._configure\(.*\n|^protobuf\.BufferWriter = .*\n/gm,
      '',
    ],
  },
]

/** The workers that only read models. */
const readers = /\/simd-worker\.ts/

/**
 * Leaves out what nobody calls of the packages that read a model, which are most of what a page loads for it: the functions
 * of onnx-proto that convert and verify plain objects, half of that package, its names of versions, the remote calls of
 * protobufjs, its ways around typed arrays, and, in workers that only read models, what writes them.
 */
export function leanOnnxProto(): Plugin {
  let onlyReads = false
  return {
    name: 'moonstep:lean-onnx-proto',
    buildStart({ input }) {
      onlyReads = Object.values(input).every((entry) => readers.test(entry))
    },
    transform: {
      filter: {
        id: /\/onnx-proto\/dist\/onnx\.js$|\/protobufjs\/src\/(?:(?:index-|util\/)minimal|util\/longbits)\.js$|\/@protobufjs\/float\/index\.js$/,
      },
      handler(code, id) {
        const { most, edits } = leftOut.find(({ file }) => id.includes(file))!
        const more = writers.flatMap(({ file, edit }) => (onlyReads && id.includes(file) ? [edit] : []))
        const all = [...edits, ...more]
        const lean = all.reduce((text, [pattern, instead]) => text.replace(pattern, instead), code)
        if (all.some(([pattern]) => code.search(pattern) < 0) || lean.length > most * code.length)
          throw new Error(`${id} has another form: adapt vite.onnx-proto.ts`)
        return { code: lean, map: null }
      },
    },
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).flatMap((each) => (each.type === 'chunk' ? [each] : []))
      const modules = chunks.flatMap((chunk) => Object.entries(chunk.modules))
      const proto = modules.find(([id]) => id.endsWith('/src/onnx/proto.ts'))?.[1]
      if (onlyReads && proto?.renderedExports.includes('encodeGraph'))
        throw new Error('a worker that only reads models encodes one: adapt vite.onnx-proto.ts')
    },
  }
}
