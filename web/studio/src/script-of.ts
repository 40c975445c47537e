/**
 * A script as a blob of the page: it is fetched once, and the page's Content-Security-Policy applies in a worker that starts from it,
 * unlike in one loaded from its own address.
 *
 * @param url - The script's address.
 * @returns The blob's address. Throws if the script is not there.
 */
export async function scriptOf(url: string): Promise<string> {
  // a development server's scripts import each other by their addresses
  if (import.meta.hot) return url
  const answer = await fetch(url)
  if (!answer.ok) throw new Error(`${url} does not load: serve the folder as it was built`)
  return URL.createObjectURL(new Blob([await answer.text()], { type: 'text/javascript' }))
}
