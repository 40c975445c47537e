/** The page's next frame; at once or soon where it paints none: in the background, or out of view. */
export function nextFrame(): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      cancelAnimationFrame(frame)
      clearTimeout(timer)
      resolve()
    }
    const frame = requestAnimationFrame(end)
    const timer = setTimeout(end, 100)
  })
}
