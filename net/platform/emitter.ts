import { checkListener } from '../world/given.ts'
import { showError } from './show-error.ts'

/** So many events of one name one after the other are no answer to a change: a listener causes without end what it hears. */
const MAX_CAUSED = 1000

/**
 * Typed listeners of one object: `on` adds one, `emit` calls those of an event in the order in which they were added.
 * A listener that throws stops nobody: its error is shown where pages show errors. A listener may remove others while they
 * are called; who was removed is not called any more. An event that a listener causes while it hears the same event is told after
 * that one: else listeners behind it would hear the newer value first, and keep the older one. One that does so
 * without end is cut off, with an error that says so.
 */
export class Emitter<Events> {
  private readonly listeners = new Map<keyof Events, Set<(value: never) => void>>()
  /** Events that are being told, and what of the same name is to be told after it. */
  private readonly waiting = new Map<keyof Events, (() => void)[]>()

  on<Name extends keyof Events>(name: Name, heard: (value: Events[Name]) => void): () => void {
    checkListener(String(name), heard)
    const set = this.listeners.get(name) ?? new Set()
    this.listeners.set(name, set)
    set.add(heard)
    return () => set.delete(heard)
  }

  /** Whether anybody listens to an event. */
  has(name: keyof Events): boolean {
    return (this.listeners.get(name)?.size ?? 0) > 0
  }

  emit<Name extends keyof Events>(name: Name, value: Events[Name]): void {
    const tell = () => this.tell(name, value)
    const waiting = this.waiting.get(name)
    if (waiting) {
      waiting.push(tell)
      return
    }
    const all = [tell]
    this.waiting.set(name, all)
    for (const next of all.values()) {
      if (all.length > MAX_CAUSED) {
        showError(
          new Error(`A listener of "${String(name)}" causes that event each time it hears it: change nothing there.`),
        )
        break
      }
      next()
    }
    this.waiting.delete(name)
  }

  private tell<Name extends keyof Events>(name: Name, value: Events[Name]): void {
    const set = this.listeners.get(name) ?? new Set()
    for (const heard of [...set]) {
      // A listener before this one may have removed it.
      if (!set.has(heard)) continue
      try {
        ;(heard as (value: Events[Name]) => void)(value)
      } catch (error) {
        showError(error)
      }
    }
  }
}
