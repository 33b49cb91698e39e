/** The system's share sheet, where the browser has one: on phones, and on pages with a secure address only. */
import { texts } from '../../game/languages/language.ts'

/** `closed`: the person chose nobody. `failed`: the browser refused, or has no sheet after all. */
export type ShareOutcome = 'shared' | 'closed' | 'failed'

export function canShare(): boolean {
  return typeof navigator.share === 'function'
}

/** Called by a press only: browsers refuse the sheet otherwise. */
export async function shareLink(link: string, code: string): Promise<ShareOutcome> {
  try {
    await navigator.share({ title: 'Dogstar', text: texts.handOn.shared(code), url: link })
    return 'shared'
  } catch (error) {
    return error instanceof DOMException && error.name === 'AbortError' ? 'closed' : 'failed'
  }
}
