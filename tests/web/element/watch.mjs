/** Runs in every page before its own scripts: puts elements into it, and keeps what they tell. */

/** Elements with these attributes, and what each tells from then on. */
globalThis.put = (...list) =>
  list.map((attributes) => {
    const element = document.createElement('moon-sampler')
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
    const told = []
    for (const type of ['load', 'step', 'sample', 'error'])
      element.addEventListener(type, ({ detail }) => {
        const canvas = element.shadowRoot.querySelector('canvas')
        told.push({ type, detail, picture: globalThis.keepsPictures && canvas.toDataURL() })
      })
    element.told = told
    document.querySelector('main').append(element)
    return element
  })

/** The next samples or error of an element, as what JSON can hold. */
globalThis.next = (element) =>
  new Promise((resolve) => {
    const end = ({ type, detail }) => {
      element.removeEventListener('sample', end)
      element.removeEventListener('error', end)
      const { points, seed, timesteps, message, provider, adapter, threads } = detail
      const info = { provider, adapter, threads }
      resolve({ type, points: points && [...points.data], info, seed, timesteps, message })
    }
    element.addEventListener('sample', end)
    element.addEventListener('error', end)
  })

/** Puts elements into the page and waits for what comes of each. */
globalThis.draw = (...list) => Promise.all(globalThis.put(...list).map(globalThis.next))

/** What an element shows. */
globalThis.look = (element) => {
  const root = element.shadowRoot
  const canvas = root.querySelector('canvas')
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width || 1, canvas.height || 1)
  let inked = 0
  for (let i = 3; i < data.length; i += 4) if (data[i] > 0) inked++
  return {
    text: root.querySelector('[part=message]').textContent,
    border: getComputedStyle(root.querySelector('[part=message]')).borderTopWidth,
    label: root.querySelector('[role=img]').getAttribute('aria-label'),
    size: [canvas.width, canvas.height],
    inked,
    ink: getComputedStyle(canvas).color,
    background: getComputedStyle(element).backgroundColor,
  }
}
