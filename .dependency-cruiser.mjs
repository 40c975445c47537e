import { builtinModules } from 'node:module'

/** Which folder of src may import which: the layout of docs/architecture.md, as a check. */
const mayImport = {
  core: [],
  numerics: ['core'],
  table: ['core', 'numerics'],
  diffusion: ['core', 'numerics'],
  model: ['core', 'numerics', 'table', 'diffusion'],
  onnx: ['core', 'numerics', 'table', 'diffusion', 'model'],
  train: ['core', 'numerics', 'table', 'diffusion', 'model', 'onnx', 'measure'],
  export: ['core', 'numerics', 'table', 'diffusion', 'model', 'onnx'],
  infer: ['core', 'numerics', 'table', 'diffusion', 'model', 'onnx'],
  foreign: ['core', 'numerics', 'diffusion', 'model', 'onnx', 'infer'],
  distill: ['core', 'numerics', 'diffusion', 'export', 'infer', 'model', 'node', 'train'],
  measure: ['core', 'numerics', 'table', 'diffusion'],
  'charts/marks': ['core', 'numerics', 'table'],
  'charts/figures': [
    ...['core', 'numerics', 'table', 'diffusion', 'measure', 'export', 'infer', 'model', 'node', 'onnx'],
    'charts/marks',
  ],
  report: ['core', 'numerics', 'table', 'measure', 'model', 'charts/marks', 'database'],
  database: ['core', 'numerics', 'table', 'diffusion', 'model', 'onnx', 'measure', 'infer', 'train'],
  compare: [
    ...[
      'core',
      'numerics',
      'table',
      'diffusion',
      'measure',
      'export',
      'infer',
      'foreign',
      'model',
      'node',
      'onnx',
    ],
  ],
  serve: ['core', 'numerics', 'table', 'infer', 'model', 'onnx', 'diffusion'],
  browser: [
    'charts/marks',
    'core',
    'numerics',
    'table',
    'diffusion',
    'export',
    'infer',
    'foreign',
    'model',
    'measure',
    'report',
    'train',
    'database',
  ],
  node: [
    'core',
    'numerics',
    'table',
    'diffusion',
    'model',
    'export',
    'infer',
    'foreign',
    'onnx',
    'train',
    'database',
  ],
}

const folders = Object.entries(mayImport).map(([folder, allowed]) => ({
  name: `${folder}-imports-only-${allowed.join('-') || 'nothing'}`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: '^src/', pathNot: `^src/(${[folder, ...allowed].join('|')})/` },
}))

const onlyIn = (name, packages, folder) => ({
  name: `${name}-only-in-${folder}`,
  severity: 'error',
  from: { pathNot: `^src/${folder}/` },
  to: { path: `node_modules/${packages}` },
})

const onlyNode = [
  `^(node:)?(${builtinModules.join('|')})$`,
  'node_modules/(onnxruntime-node|playwright-core|@tensorflow|@resvg)/',
]

/** What only Node has. */
const beyondPages = [
  ...onlyNode,
  '^src/(charts/figures|cli|compare|database/stores|distill|infer/providers/chromium|infer/shards|node)/',
]

export default {
  forbidden: [
    ...folders,
    onlyIn('tfjs', '@tensorflow/', 'train'),
    onlyIn('onnxruntime', 'onnxruntime-', '(infer|browser)'),
    onlyIn('playwright', 'playwright-core/', 'infer/providers/chromium'),
    onlyIn('onnx-proto', 'onnx-proto/', 'onnx'),
    onlyIn('protobufjs', 'protobufjs/', '(onnx|serve)'),
    onlyIn('databases', '(pg|node-sqlite3-wasm|@duckdb)/', 'database/stores'),
    onlyIn('serving', '(fastify|pino|prom-client|negotiator|@grpc)/', 'serve'),
    onlyIn('drawing', '(@observablehq/plot|linkedom|@resvg|gifenc)/', 'charts'),
    {
      name: 'pages-reach-nothing-of-node',
      severity: 'error',
      from: { path: ['^src/browser/', '^src/report/page/', '^web/'] },
      to: { path: beyondPages, reachable: true },
    },
    {
      name: 'the-page-is-imported-by-nothing',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^web/' },
    },
    {
      name: 'the-studio-imports-only-the-package',
      severity: 'error',
      from: { path: '^web/studio/src/' },
      to: {
        path: '^src/',
        pathNot: '^src/browser/(index|databases|simd-worker|training-worker|report-page-worker)\\.ts$',
      },
    },
    {
      name: 'training-reaches-nothing-of-node',
      severity: 'error',
      from: { path: '^src/(train|export)/', pathNot: '^src/train/engines/tfjs/' },
      to: { path: [...onlyNode, '^src/train/engines/tfjs/'], reachable: true },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: '^(src/core/version|web/studio/src/(service-worker|runtimes|worker/(no-brotli|runtimes)))',
      },
      to: {},
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^src/.*/assembly/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
}
