import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** Receives events from a model's runs. */
export interface ModelWatch {
  onBatch(rows: number, waitedSeconds: number): void
  onRun(seconds: number): void
  onWorkerLost(error: Error): void
}

/** A model as the metrics describe it. */
interface Named {
  readonly name: string
  readonly version: string
  readonly digest: string
  readonly provider: string
  readonly waiting: { readonly requests: number; readonly rows: number }
}

const seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** The server's metrics, in Prometheus format. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #requests: Counter
  readonly #duration: Histogram
  readonly #rows: Counter
  readonly #batchRows: Histogram
  readonly #waited: Histogram
  readonly #ran: Histogram
  readonly #lost: Counter

  /** @param served returns the models that are currently served */
  constructor(served: () => Iterable<Named>) {
    const registers = [this.#registry]
    const model = ['model'] as const
    collectDefaultMetrics({ register: this.#registry })
    this.#requests = new Counter({
      name: 'moonstep_requests_total',
      help: 'Requests that were answered, by protocol, model and code',
      labelNames: ['protocol', 'model', 'code'],
      registers,
    })
    this.#duration = new Histogram({
      name: 'moonstep_request_seconds',
      help: 'From a request to its answer',
      labelNames: ['protocol', 'model'],
      buckets: seconds,
      registers,
    })
    this.#rows = new Counter({
      name: 'moonstep_rows_total',
      help: 'Rows that were sent',
      labelNames: model,
      registers,
    })
    this.#batchRows = new Histogram({
      name: 'moonstep_batch_rows',
      help: 'Rows of a run',
      labelNames: model,
      buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096],
      registers,
    })
    this.#waited = new Histogram({
      name: 'moonstep_queue_seconds',
      help: 'How long the first request of a batch waited',
      labelNames: model,
      buckets: seconds,
      registers,
    })
    this.#ran = new Histogram({
      name: 'moonstep_run_seconds',
      help: 'How long a batch ran',
      labelNames: model,
      buckets: seconds,
      registers,
    })
    this.#lost = new Counter({
      name: 'moonstep_workers_lost_total',
      help: 'Threads that ended while they computed, and were replaced',
      labelNames: model,
      registers,
    })
    this.#gauges(served)
  }

  #gauges(served: () => Iterable<Named>): void {
    const registers = [this.#registry]
    new Gauge({
      name: 'moonstep_model_info',
      help: 'The models that are served: 1 each',
      labelNames: ['model', 'version', 'digest', 'provider'],
      registers,
      collect() {
        this.reset()
        for (const { name, version, digest, provider } of served())
          this.set({ model: name, version, digest, provider }, 1)
      },
    })
    for (const what of ['requests', 'rows'] as const)
      new Gauge({
        name: `moonstep_waiting_${what}`,
        help: `${what === 'rows' ? 'Rows' : 'Requests'} that no batch has taken yet`,
        labelNames: ['model'],
        registers,
        collect() {
          this.reset()
          for (const { name, waiting } of served()) this.set({ model: name }, waiting[what])
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
