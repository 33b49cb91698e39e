/** A few words for making HTML, since the display over the arena is HTML: sharp on every screen and readable aloud. */

export function element<K extends keyof HTMLElementTagNameMap>(
  parent: HTMLElement,
  tag: K,
  className: string,
  text = '',
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag)
  made.className = className
  if (text) made.textContent = text
  parent.append(made)
  return made
}

/** Writes only what changed: the page lays out again at every write. */
export function write(target: HTMLElement, text: string): void {
  if (target.textContent !== text) target.textContent = text
}

export function show(target: HTMLElement, shown: boolean): void {
  if (target.hidden === shown) target.hidden = !shown
}
