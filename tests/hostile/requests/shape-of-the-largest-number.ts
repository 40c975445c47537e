import { hostile } from '../input.ts'

export default hostile({
  kind: 'request',
  path: '/v2/models/penguins/infer',
  body: () =>
    '{"inputs":[{"name":"seed","datatype":"INT64","shape":[9007199254740993],"data":[1]},{"name":"index","datatype":"INT64","shape":[9007199254740993],"data":[1]}]}',
  status: 400,
  is: /input seed has 1 number, and its shape says 9007199254740992/,
})
