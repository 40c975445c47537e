import { deflateSync } from 'node:zlib'
import { InputError } from '../core/errors.ts'

const gap = 2
/** Small pictures are enlarged, so that a digit of 8 x 8 can be seen. */
const leastSide = 64

/** A sheet of pictures [count, 1 or 3, height, width] of values from -1 to 1, as a PNG. */
export function pictureSheet(data: Float32Array, shape: readonly number[], columns: number): Uint8Array {
  const [count = 0, channels = 0, height = 0, width = 0] = shape
  if (shape.length !== 4 || (channels !== 1 && channels !== 3))
    throw new InputError(
      `the samples are [${shape.join(', ')}], and a picture is [count, 1 or 3, height, width]: give a file that ends in .npy`,
      'conflict',
      { option: 'out' },
    )
  const zoom = Math.max(1, Math.floor(leastSide / Math.max(width, height)))
  const across = columns * (width * zoom + gap) + gap
  const down = Math.ceil(count / columns) * (height * zoom + gap) + gap
  // each line begins by its filter: none
  const lines = new Uint8Array((1 + across * channels) * down).fill(128)
  for (let y = 0; y < down; y++) lines[y * (1 + across * channels)] = 0
  for (let i = 0; i < count; i++) {
    const left = gap + (i % columns) * (width * zoom + gap)
    const top = gap + Math.floor(i / columns) * (height * zoom + gap)
    for (let c = 0; c < channels; c++)
      for (let y = 0; y < height * zoom; y++)
        for (let x = 0; x < width * zoom; x++) {
          const value =
            data[((i * channels + c) * height + Math.floor(y / zoom)) * width + Math.floor(x / zoom)]!
          const at = (top + y) * (1 + across * channels) + 1 + (left + x) * channels + c
          lines[at] = Math.round(255 * Math.min(Math.max((value + 1) / 2, 0), 1))
        }
  }
  return png(lines, across, down, channels)
}

function png(lines: Uint8Array, width: number, height: number, channels: number): Uint8Array {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  // 8 bits; grey or RGB
  header.set([8, channels === 3 ? 2 : 0], 8)
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10])
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(lines)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, content: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type), content])
  const whole = Buffer.alloc(body.length + 8)
  whole.writeUInt32BE(content.length, 0)
  whole.set(body, 4)
  whole.writeUInt32BE(checksum(body), body.length + 4)
  return whole
}

/** CRC-32 as PNG has it; Node's own came after version 20. */
function checksum(bytes: Uint8Array): number {
  let rest = ~0
  for (const byte of bytes) {
    rest ^= byte
    for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ (rest & 1 ? 0xedb88320 : 0)
  }
  return ~rest >>> 0
}
