/**
 * What uses the signalling connection of a host beside hosting: the public list, and who takes the lobby over. Parts may come later than
 * the connection, when their code is loaded.
 */
import type { HostPart } from '../signaling/signals.ts'

export class OwnParts implements HostPart {
  private readonly parts: HostPart[]
  private say: Parameters<HostPart['online']>[0] | null = null

  constructor(...parts: HostPart[]) {
    this.parts = parts
  }

  add(part: HostPart): void {
    this.parts.push(part)
    if (this.say) part.online(this.say)
  }

  online(say: Parameters<HostPart['online']>[0]): void {
    this.say = say
    for (const part of this.parts) part.online(say)
  }

  offline(): void {
    this.say = null
    for (const part of this.parts) part.offline()
  }

  hear(text: string): void {
    for (const part of this.parts) part.hear(text)
  }
}
