import { effect, type ReadonlySignal, type Signal, signal } from '@preact/signals-core'

/** The element of that id, which index.html has. */
export function element<E extends HTMLElement>(id: string): E {
  return document.getElementById(id) as E
}

/** Whether any of an element is in view, `margin` CSS pixels around the window included. */
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

/** Keeps an element's text as `text` says. */
export function showText(id: string, text: () => string): void {
  const target = element(id)
  effect(() => {
    target.textContent = text()
  })
}

/** Two ways: a range input shows `value` and sets it; `max` may change, `say` is its value in words. */
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

/** Two ways: a number input sets `value` where the number can be, and says why where it can't. */
export function bindNumber(id: string, value: Signal<number>): void {
  const input = element<HTMLInputElement>(id)
  input.addEventListener('change', () => {
    if (input.reportValidity() && Number.isSafeInteger(input.valueAsNumber)) value.value = input.valueAsNumber
  })
  effect(() => {
    input.value = String(value.value)
  })
}
