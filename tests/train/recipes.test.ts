import { expect, it } from 'vitest'
import { recipeNames, recipeOf, recordedRecipe } from '../../src/train/recipes.ts'

it('the recipes are points, post and table', () => {
  expect(recipeNames).toEqual(['points', 'post', 'table'])
  expect(recipeOf('post').sampler).toEqual({ name: 'ddpm', variance: 'fixed_small' })
})

it.each([
  ['seed', 'post'],
  ['default', 'points'],
])('%s is refused with its new name, %s, and read in old runs', (former, name) => {
  expect(() => recipeOf(former)).toThrow(`recipe is '${former}': it is called ${name} now`)
  expect(recordedRecipe(former)).toBe(name)
})

it('other names are as they are: a student says distillation', () => {
  expect(recordedRecipe('distillation')).toBe('distillation')
  expect(() => recipeOf('posts')).toThrow(
    'unknown recipe posts (did you mean post?): choose from points, post, table',
  )
})
