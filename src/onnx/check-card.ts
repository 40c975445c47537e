import { InputError, messageOf } from '../core/errors.ts'
import { processOf } from '../diffusion/process.ts'
import type { ModelCard } from '../model/card.ts'

/** Checks that a card agrees with itself, so that whatever takes its word may. Throws with the first thing wrong. */
export function checkCard(card: ModelCard, file: string): void {
  try {
    check(card)
  } catch (error) {
    throw new InputError(
      `${file} is not what moonstep exports: ${messageOf(error)}: export it again`,
      'bad-model',
    )
  }
}

function check(card: ModelCard): void {
  const { T, sampler, teacher, recommended } = card
  checkSteps('recommended.timesteps', recommended.timesteps, T)
  if (teacher) checkSteps('teacher.timesteps', teacher.timesteps, teacher.timesteps[0]!)
  checkBetas(card)
  checkCalls(card)
  if (!sampler) return
  checkSteps('sampler.timesteps', sampler.timesteps, T)
  checkGoldenSample(card, processOf(card).isStochastic ? sampler.timesteps.length : 0)
}

function checkSteps(field: string, timesteps: readonly number[], T: number): void {
  if (!timesteps.every((t, j) => t < (timesteps[j - 1] ?? T + 1)))
    throw new Error(`the card's ${field} do not fall from ${T} at most`)
}

function checkBetas({ T, schedule: { betas } }: ModelCard): void {
  if (betas.length !== T + 1)
    throw new Error(`the card has ${betas.length} betas, not ${T + 1} for t = 0..${T}`)
  const wrong = betas.findIndex((beta, t) => (t === 0 ? beta !== 0 : !(beta > 0 && beta < 1)))
  if (wrong >= 0) throw new Error(`the card's beta_${wrong} is ${betas[wrong]}`)
}

function checkCalls({ golden, dim, T }: ModelCard): void {
  if (golden.length === 0) throw new Error('the card has no golden call')
  for (const { x_t, t, output } of golden)
    if (x_t.length !== dim || output.length !== dim || t > T)
      throw new Error(`a golden call of the card is not of ${dim} columns at t = 1..${T}`)
}

function checkGoldenSample({ goldenSample, dim }: ModelCard, steps: number): void {
  const rows = goldenSample?.x_T.length ?? 0
  const fits = (part: readonly (readonly number[])[]) =>
    part.length === rows && part.every((row) => row.length === dim)
  if (rows === 0 || ![goldenSample!.x_T, goldenSample!.x_0, ...goldenSample!.noise].every(fits))
    throw new Error(`the card has no golden sample of ${dim} columns`)
  if (goldenSample!.noise.length !== steps)
    throw new Error(
      `the card's golden sample has noise for ${goldenSample!.noise.length} steps, not ${steps}`,
    )
}
