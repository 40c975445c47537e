import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

export interface ModelWatch {
  /** A run begins, with so many rows, whose first request waited that long. */
  onBatch(rows: number, waitedSeconds: number): void
  onRun(seconds: number): void
  onWorkerLost(error: Error): void
}

/** What waits to be drawn. */
export interface Waiting {
  readonly requests: number
  readonly rows: number
  readonly seconds: number
}

interface Named {
  readonly name: string
  readonly version: string
  readonly digest: string
  readonly provider: string
  readonly waiting: Waiting
}

const rowCounts = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096]
const seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** The server's metrics, in Prometheus format. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #requests = this.#counter(
    'requests_total',
    'Requests that were answered, by protocol, model and code',
    ['protocol', 'model', 'code'],
  )
  readonly #duration = this.#histogram('request_seconds', 'From a request to its answer', [
    'protocol',
    'model',
  ])
  readonly #rows = this.#counter('rows_total', 'Rows that were sent')
  readonly #batchRows = this.#histogram('batch_rows', 'Rows of a run', ['model'], rowCounts)
  readonly #waited = this.#histogram('queue_seconds', 'How long the first request of a batch waited')
  readonly #ran = this.#histogram('run_seconds', 'How long a batch ran')
  readonly #lost = this.#counter(
    'workers_lost_total',
    'Threads that ended while they computed, and were replaced',
  )

  /** @param served returns the models that are currently served */
  constructor(served: () => Iterable<Named>) {
    collectDefaultMetrics({ register: this.#registry })
    const labels = ['model', 'version', 'digest', 'provider']
    this.#gauge('model_info', 'The models that are served: 1 each', labels, (gauge) => {
      for (const { name, version, digest, provider } of served())
        gauge.set({ model: name, version, digest, provider }, 1)
    })
    for (const [unit, help] of [
      ['requests', 'Requests that no batch has taken yet'],
      ['rows', 'Rows that no batch has taken yet'],
      ['seconds', 'How long drawing these rows takes, estimated by the last large batches'],
    ] as const)
      this.#gauge(`waiting_${unit}`, help, ['model'], (gauge) => {
        for (const { name, waiting } of served()) gauge.set({ model: name }, waiting[unit])
      })
  }

  #counter(name: string, help: string, labelNames = ['model']): Counter {
    return new Counter({ name: `moonstep_${name}`, help, labelNames, registers: [this.#registry] })
  }

  #histogram(name: string, help: string, labelNames = ['model'], buckets = seconds): Histogram {
    const registers = [this.#registry]
    return new Histogram({ name: `moonstep_${name}`, help, labelNames, buckets, registers })
  }

  #gauge(name: string, help: string, labelNames: string[], collect: (gauge: Gauge) => void): void {
    new Gauge({
      name: `moonstep_${name}`,
      help,
      labelNames,
      registers: [this.#registry],
      collect() {
        this.reset()
        collect(this)
      },
    })
  }

  /** Counts an answered request; `model` is '' if the request named no served model. */
  answered(protocol: 'http' | 'grpc', model: string, code: number | string, seconds: number): void {
    this.#requests.inc({ protocol, model, code })
    if (model !== '') this.#duration.observe({ protocol, model }, seconds)
  }

  sent(model: string, rows: number): void {
    this.#rows.inc({ model }, rows)
  }

  /** Returns the watch of a model's runs; `onLost` is called when a thread has ended. */
  watchOf(model: string, onLost: (error: Error) => void): ModelWatch {
    return {
      onBatch: (rows, waited) => {
        this.#batchRows.observe({ model }, rows)
        this.#waited.observe({ model }, waited)
      },
      onRun: (ran) => this.#ran.observe({ model }, ran),
      onWorkerLost: (error) => {
        this.#lost.inc({ model })
        onLost(error)
      },
    }
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  text(): Promise<string> {
    return this.#registry.metrics()
  }
}
