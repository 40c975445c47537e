import { type ComponentChildren, options } from 'preact'

/** Characters that reorder or hide the text around them, other than ends of lines and tabs. */
const controls = /[^\P{C}\n\t]/gu

/**
 * Lets Preact show such characters of names and cells by their codes, as Moonstep's messages do: a table is text of
 * strangers. Values of fields and menus stay as they are.
 */
export function showControls(): void {
  const { vnode: next } = options
  options.vnode = (vnode) => {
    const props = vnode.props as { children?: ComponentChildren }
    if (props.children !== undefined) props.children = shown(props.children)
    next?.(vnode)
  }
}

function shown(children: ComponentChildren): ComponentChildren {
  if (Array.isArray(children)) return children.map(shown)
  if (typeof children !== 'string') return children
  return children.replace(controls, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`)
}
