import type { MoonSampler, MoonSamplerEvents } from 'moonstep/element/react'
import { useEffect, useRef, useState } from 'react'
import { createRoot } from 'react-dom/client'
import 'moonstep/element/react'
import model from 'moonstep/models/two-moons/model.onnx?url'

function Moons() {
  const element = useRef<MoonSampler>(null)
  const [count, setCount] = useState(1000)
  const [drawn, setDrawn] = useState('…')

  useEffect(() => {
    const moons = element.current!
    const listener = ({ detail }: MoonSamplerEvents['sample']) =>
      setDrawn(`${detail.points.count} samples on ${detail.provider}`)
    moons.addEventListener('sample', listener as EventListener)
    return () => moons.removeEventListener('sample', listener as EventListener)
  }, [])

  return (
    <>
      <h1>Two moons</h1>
      <label>
        Samples:{' '}
        <input
          type="range"
          min={100}
          max={5000}
          step={100}
          value={count}
          onChange={({ target }) => setCount(Number(target.value))}
        />
      </label>
      <moon-sampler ref={element} src={model} count={count} style={{ maxWidth: '30rem' }} />
      <output>{drawn}</output>
    </>
  )
}

createRoot(document.querySelector('main')!).render(<Moons />)
