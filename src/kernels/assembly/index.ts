export { combine } from './combine'
export { update } from './update'
