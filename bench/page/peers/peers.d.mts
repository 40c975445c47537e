type Engine = import('../../../src/train/engine.ts').TrainingEngine
type Options = import('../../../src/train/engine.ts').EngineOptions
export const peers: Readonly<Record<string, (options: Options) => Promise<Pick<Engine, 'step'>>>>
