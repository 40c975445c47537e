import { builtinModules } from 'node:module'

/** Which folder of src may import which: the layout of docs/architecture.md, as a check. */
const mayImport = {
  core: [],
  kernels: ['core'],
  table: ['core'],
  diffusion: ['core', 'kernels'],
  plot: ['core', 'table'],
  model: ['core', 'kernels', 'table', 'diffusion'],
  onnx: ['core', 'table', 'diffusion', 'model'],
  train: ['core', 'kernels', 'table', 'diffusion', 'model', 'onnx'],
  export: ['core', 'table', 'diffusion', 'model', 'onnx'],
  infer: ['core', 'kernels', 'table', 'diffusion', 'model', 'onnx'],
  serve: ['core', 'table', 'infer', 'model', 'onnx', 'diffusion'],
  shards: ['core', 'table', 'infer', 'model'],
  distill: ['core', 'diffusion', 'export', 'infer', 'model', 'node', 'train'],
  chromium: ['core', 'infer'],
  page: ['core', 'kernels', 'table', 'diffusion', 'export', 'infer', 'model', 'report', 'train'],
  evaluate: ['core', 'table', 'diffusion'],
  report: ['core', 'kernels', 'table', 'diffusion', 'evaluate'],
  'report-page': ['core', 'table', 'plot', 'report'],
  figures: ['core', 'table', 'diffusion', 'evaluate', 'export', 'infer', 'model', 'node', 'onnx', 'plot'],
  compare: ['core', 'table', 'diffusion', 'evaluate', 'export', 'infer', 'model', 'node', 'onnx'],
  node: ['core', 'table', 'diffusion', 'model', 'chromium', 'distill', 'export', 'infer', 'onnx', 'train'],
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
const beyondPages = [...onlyNode, '^src/(chromium|cli|compare|distill|figures|node)/']

export default {
  forbidden: [
    ...folders,
    onlyIn('tfjs', '@tensorflow/', 'train'),
    onlyIn('onnxruntime', 'onnxruntime-', '(infer|page)'),
    onlyIn('playwright', 'playwright-core/', 'chromium'),
    onlyIn('onnx-proto', 'onnx-proto/', 'onnx'),
    onlyIn('protobufjs', 'protobufjs/', '(onnx|serve)'),
    onlyIn('serving', '(fastify|pino|prom-client|negotiator|@grpc)/', 'serve'),
    onlyIn('drawing', '(@observablehq/plot|linkedom|@resvg|gifenc)/', '(plot|figures)'),
    {
      name: 'pages-reach-nothing-of-node',
      severity: 'error',
      from: { path: ['^src/page/', '^src/report-page/', '^web/'] },
      to: { path: beyondPages, reachable: true },
    },
    {
      name: 'the-page-is-imported-by-nothing',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^web/' },
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
      from: { orphan: true, pathNot: '^(src/core/version|web/studio/src/(service-worker|worker/no-brotli))' },
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
