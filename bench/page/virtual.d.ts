/** bench/page/peers/peers.mjs, if its packages are installed. */
declare module 'virtual:peers' {
  type EngineOptions = import('../../src/train/engine.ts').EngineOptions
  type TrainingEngine = import('../../src/train/engine.ts').TrainingEngine
  export const peers:
    | Readonly<Record<string, (options: EngineOptions) => Promise<Pick<TrainingEngine, 'step'>>>>
    | undefined
}
