export { update } from './update'
