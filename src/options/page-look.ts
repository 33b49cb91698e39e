/** What the options change of the page itself: the size of its texts, and whether its sky moves. */
import type { Preferences } from '../../game/hands/preferences.ts'
import { followOtherTabs, onPreferences, preferences } from './kept.ts'

/** From now on. Called once, before the page is drawn. */
export function applyPageLook(): void {
  const apply = ({ textSize, lessMotion }: Preferences): void => {
    document.documentElement.style.setProperty('--text-size', String(textSize))
    document.documentElement.classList.toggle('less-motion', lessMotion)
  }
  apply(preferences())
  onPreferences(apply)
  followOtherTabs()
}
