import { showError } from '../platform/show-error.ts'
import { checkListener } from '../world/given.ts'

/** Typed listeners of one object. What a listener throws is shown where pages show errors and stops nobody else. */
export class Emitter<Events> {
  private readonly listeners = new Map<keyof Events, Set<(value: never) => void>>()

  on<Name extends keyof Events>(name: Name, heard: (value: Events[Name]) => void): () => void {
    checkListener(String(name), heard)
    const set = this.listeners.get(name) ?? new Set()
    this.listeners.set(name, set)
    set.add(heard)
    return () => set.delete(heard)
  }

  emit<Name extends keyof Events>(name: Name, value: Events[Name]): void {
    const set = this.listeners.get(name) ?? new Set()
    for (const heard of [...set]) {
      // One before it may have taken it off.
      if (!set.has(heard)) continue
      try {
        ;(heard as (value: Events[Name]) => void)(value)
      } catch (error) {
        showError(error)
      }
    }
  }
}
