import { version } from '../core/version.ts'
import { namesOf } from '../table/table.ts'
import { limits } from './refusal.ts'
import { numbers, sampleForms } from './rows-request.ts'
import type { ServedModel } from './served-model.ts'
import { datatypes } from './tensors.ts'

type Json = Readonly<Record<string, unknown>>

const text = { type: 'string' }
const texts = listOf(text)
const boolean = { type: 'boolean' }
const integer = { type: 'integer' }
const anyObject = { type: 'object' }

const schemas = {
  Error: object({ error: text }),
  Tensor: object(
    {
      name: text,
      datatype: { enum: Object.values(datatypes) },
      shape: listOf(integer),
      parameters: anyObject,
      data: listOf({}),
    },
    ['name', 'datatype', 'shape'],
  ),
  InferRequest: object(
    {
      id: text,
      parameters: {
        type: 'object',
        description:
          'given.<column>: the value in every row; given: conditions such as age>=65, one a line; complete: that no cell is missing; timeout: in microseconds; binary_data_output',
      },
      inputs: {
        ...listOf(ref('Tensor')),
        description: 'seed and index, INT64 [rows] each',
        minItems: 2,
        maxItems: 2,
      },
      outputs: listOf(object({ name: text, parameters: anyObject }, ['name'])),
    },
    ['inputs'],
  ),
  InferAnswer: object({ model_name: text, model_version: text, id: text, outputs: listOf(ref('Tensor')) }, [
    'model_name',
    'model_version',
    'outputs',
  ]),
  Model: object({
    name: text,
    versions: texts,
    platform: text,
    inputs: listOf(ref('Tensor')),
    outputs: listOf(ref('Tensor')),
  }),
  Server: object({ name: text, version: text, extensions: texts, models: texts }),
  Readiness: object({ ready: boolean, name: text }, ['ready']),
}

function listOf(items: Json): Json {
  return { type: 'array', items }
}

function object(properties: Json, required = Object.keys(properties)): Json {
  return { type: 'object', required, properties }
}

function ref(name: string): Json {
  return { $ref: `#/components/schemas/${name}` }
}

function json(schema: Json, description = 'as asked'): Json {
  return { description, content: { 'application/json': { schema } } }
}

function inQuery(name: string, description: string, schema: Json, rest: Json = {}): Json {
  return { name, in: 'query', description, schema, ...rest }
}

function numberInQuery(name: keyof typeof numbers, description: string, most?: number): Json {
  const { min: minimum, max, default: usual } = numbers[name]
  return inQuery(name, description, {
    ...integer,
    format: 'int64',
    minimum,
    maximum: most ?? max,
    default: usual,
  })
}

const refused = (description: string): Json => json(ref('Error'), description)

const refusals = {
  '400': refused('the request is wrong: where, and what would be right'),
  '403': refused('a page of another site asks'),
  '404': refused('there is no such model or version'),
  '413': refused(
    `more than ${limits.rows} rows, a body of more than ${limits.bodyBytes} bytes, or rows and an answer of more than ${limits.answerBytes} bytes`,
  ),
  '415': refused('the body is compressed, or of a type that forms send'),
  '421': refused('the request is for another host'),
  '503': {
    ...refused('no room now, or the server ends: come again'),
    headers: { 'Retry-After': { description: 'seconds', schema: integer } },
  },
  '504': refused(`not done in the time that the request has, ${limits.seconds} s at most`),
}

/** Describes the server in OpenAPI 3.1, with the current models and their columns. */
export function openApi(models: Iterable<ServedModel>): Json {
  const paths: Record<string, Json> = {
    '/v2': get('server', 'The server and its models', { '200': json(ref('Server')) }),
    '/v2/health/live': get('live', 'Whether the server runs', { '200': json(object({ live: boolean })) }),
    '/v2/health/ready': get('ready', 'Whether all models are ready', readiness()),
    '/metrics': get('metrics', 'Counts and times for Prometheus', {
      '200': { description: 'as asked', content: { 'text/plain': { schema: text } } },
    }),
  }
  for (const model of models) Object.assign(paths, pathsOf(model))
  return {
    openapi: '3.1.0',
    info: {
      title: 'Moonstep',
      version,
      description: 'Rows by seed and index, from diffusion models. The same seed and index are the same row.',
    },
    paths,
    components: { schemas },
  }
}

function readiness(): Json {
  return { '200': json(ref('Readiness'), 'ready'), '503': json(ref('Readiness'), 'not ready') }
}

function get(operationId: string, summary: string, responses: Json, parameters?: readonly Json[]): Json {
  return { get: { operationId, summary, ...(parameters && { parameters }), responses } }
}

function pathsOf({ name, encoding, outputs }: ServedModel): Record<string, Json> {
  const base = `/v2/models/${encodeURIComponent(name)}`
  const columns = namesOf(encoding).join(', ')
  return {
    [base]: get(`${name} metadata`, `What ${name} takes and gives`, { '200': json(ref('Model')) }),
    [`${base}/ready`]: get(`${name} ready`, `Whether ${name} is ready`, readiness()),
    [`${base}/sample`]: get(
      `${name} sample`,
      `Rows of ${name}`,
      { '200': { description: `rows of ${columns}`, content: rowForms(outputs.length - 1) }, ...refusals },
      [
        numberInQuery('n', 'how many rows', limits.rows),
        numberInQuery('seed', 'the seed: the same rows each time'),
        numberInQuery('from', "the first row's index among the seed's"),
        inQuery(
          'given',
          `what every row has, such as column=value, column>=value or column in a,b, of ${columns}; once for each column`,
          texts,
          {
            style: 'form',
            explode: true,
          },
        ),
        inQuery('complete', 'whether no cell may be missing', { ...boolean, default: false }),
      ],
    ),
    [`${base}/infer`]: {
      post: {
        operationId: `${name} infer`,
        summary: `Rows of ${name} by the Open Inference Protocol`,
        requestBody: { required: true, content: { 'application/json': { schema: ref('InferRequest') } } },
        responses: { '200': json(ref('InferAnswer')), ...refusals },
      },
    },
  }
}

function rowForms(columns: number): Json {
  const rows = listOf({ type: 'object', minProperties: columns, maxProperties: columns })
  return Object.fromEntries(
    sampleForms.map(({ type }) => [type, { schema: type === 'application/json' ? rows : text }]),
  )
}
