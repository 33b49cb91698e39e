/**
 * Copies a text that stands in the page. On `http://LAN-address` there is no clipboard: there the text is selected and
 * stays so, the browser's old copy command is tried, and where that fails too the person presses Ctrl+C.
 */

export type CopyOutcome = 'copied' | 'selected'

export async function copyTextOf(element: HTMLElement): Promise<CopyOutcome> {
  try {
    // Missing in insecure contexts, whatever its type says; refused without permission.
    await navigator.clipboard.writeText(textOf(element))
    return 'copied'
  } catch {
    selectTextOf(element)
    return copySelection() ? 'copied' : 'selected'
  }
}

function isField(element: HTMLElement): element is HTMLInputElement | HTMLTextAreaElement {
  return element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement
}

function textOf(element: HTMLElement): string {
  return isField(element) ? element.value : (element.textContent ?? '')
}

function selectTextOf(element: HTMLElement): void {
  if (isField(element)) {
    element.focus()
    element.select()
  } else {
    getSelection()?.selectAllChildren(element)
  }
}

/** Deprecated, yet the only way to copy in an insecure context, and every browser has it. */
function copySelection(): boolean {
  try {
    return document.execCommand('copy')
  } catch {
    return false
  }
}
