/** There is no binding: `why` says what is wrong and `fix` what to do about it, each without a full stop. */
export class InstallError extends Error {
  /**
   * @param {string} why
   * @param {string} fix
   */
  constructor(why, fix) {
    super(`${why}; ${fix}`)
    this.why = why
    this.fix = fix
  }
}
