import type { Plugin } from 'vite'

/** Removes onnx-proto's unused conversions to and from plain objects, a fifth of the first load's code. */
export const bareMessages: Plugin = {
  name: 'bare-messages',
  enforce: 'pre',
  transform(code, id) {
    if (!id.includes('/onnx-proto/')) return
    const unused =
      /^( +)\w+\.(?:create|verify|fromObject|toObject|prototype\.toJSON|encodeDelimited|decodeDelimited) = function .*\n(?:.*\n)*?\1\};\n/gm
    // messages that our files never contain are not written, and skipped when another file contains them
    const foreign =
      /^( +)(SparseTensor(?:Proto)?|TrainingInfoProto|FunctionProto|TensorAnnotation|Sequence|Map|Optional|Segment)\.(en|de)code = function .*\n(?:.*\n)*?\1\};\n/gm
    const passOver = (_: string, indent: string, name: string, way: string) =>
      way === 'en'
        ? ''
        : `${indent}${name}.decode = (reader, length) => reader.skip(length) && new ${name}();\n`
    // no message is constructed from properties either, and proto.ts defines the defaults of missing fields
    const fromProperties = /^ +if \(properties\)\n +for \(var keys = .*\n +if \(.*\n +this\[.*\n/gm
    const defaults = /^ +\w+\.prototype\.\w+ = .*;\n/gm
    return code
      .replace(unused, '')
      .replace(foreign, passOver)
      .replace(fromProperties, '')
      .replace(defaults, '')
  },
}

/** protobufjs without services, text in place of bytes, and Node. */
export const bareProtobuf: Plugin = {
  name: 'bare-protobuf',
  enforce: 'pre',
  transform(code, id) {
    if (!/\/protobufjs\/src\/(index-minimal|util\/minimal)\.js$/.test(id)) return
    return code
      .replace(/require\("\.\/(writer|reader)_buffer"\)/g, '{ _configure() {} }')
      .replace(/^.* = require\(".*\/(rpc|aspromise|base64|eventemitter)"\);\n/gm, '')
  },
}
