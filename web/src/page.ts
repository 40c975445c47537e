import { effect, type ReadonlySignal, type Signal, signal } from '@preact/signals-core'

/** The element with this id in index.html. */
export function element<E extends HTMLElement>(id: string): E {
  return document.getElementById(id) as E
}

/** Whether any part of an element is in view, or within `margin` CSS pixels of it. */
export function whetherSeen(target: Element, margin = 0): ReadonlySignal<boolean> {
  const seen = signal(false)
  new IntersectionObserver(
    (entries) => {
      seen.value = entries.at(-1)!.isIntersecting
    },
    { rootMargin: `${margin}px` },
  ).observe(target)
  return seen
}

/** Keeps an element's text equal to `text()`. */
export function showText(id: string, text: () => string): void {
  const target = element(id)
  effect(() => {
    target.textContent = text()
  })
}

/** Binds a range input to `value` in both directions; `max` may change, and `say` puts the value into words. */
export function bindRange(
  id: string,
  value: { get(): number; set(value: number): void },
  max: () => number,
  say: (value: number) => string,
): void {
  const input = element<HTMLInputElement>(id)
  input.addEventListener('input', () => value.set(input.valueAsNumber))
  effect(() => {
    input.max = String(max())
    input.disabled = Number(input.min) >= max()
    input.value = String(value.get())
    input.setAttribute('aria-valuetext', say(value.get()))
  })
}

/** Binds a number input to `value` in both directions, and shows why an invalid number is refused. */
export function bindNumber(id: string, value: Signal<number>): void {
  const input = element<HTMLInputElement>(id)
  input.addEventListener('change', () => {
    if (input.reportValidity() && Number.isSafeInteger(input.valueAsNumber)) value.value = input.valueAsNumber
  })
  effect(() => {
    input.value = String(value.value)
  })
}
