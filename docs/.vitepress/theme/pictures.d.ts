declare module '*.gif' {
  const address: string
  export default address
}
