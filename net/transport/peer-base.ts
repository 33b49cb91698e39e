/**
 * What simple-peer stands on, as far as our use of it goes: in our builds this takes the place of `readable-stream`,
 * `buffer`, `debug` and others, which are 22 of the 28 kB of its own bundle. Our messages never go through its
 * stream (browser-channel.ts takes the channels over), so of a stream only the events are left. `.ci/slim-packages.mjs` puts it in.
 */

import { thisPage } from '../platform/platform.ts'

type Listener = (...given: never[]) => void

/** The events of Node's EventEmitter, and the few parts of a stream that simple-peer touches when it ends. */
export class Duplex {
  readonly _readableState = { ended: true }
  readonly _writableState = { finished: true }
  private readonly heard = new Map<string, Listener[]>()

  on(name: string, listener: Listener): this {
    this.heard.set(name, [...(this.heard.get(name) ?? []), listener])
    return this
  }

  once(name: string, listener: Listener): this {
    const once = (...given: never[]): void => {
      this.removeListener(name, once)
      listener(...given)
    }
    return this.on(name, Object.assign(once, { listener }))
  }

  removeListener(name: string, listener: Listener): this {
    const isIt = (each: Listener & { listener?: Listener }): boolean => each === listener || each.listener === listener
    const left = (this.heard.get(name) ?? []).filter((each) => !isIt(each))
    this.heard.set(name, left)
    return this
  }

  removeAllListeners(): this {
    this.heard.clear()
    return this
  }

  /** @throws what an `error` without a listener carries, as Node's emitter does. */
  emit(name: string, ...given: never[]): boolean {
    const listeners = this.heard.get(name) ?? []
    if (name === 'error' && listeners.length === 0) throw given[0]
    for (const listener of listeners) listener(...given)
    return listeners.length > 0
  }

  /** What arrives before the channel is taken over is nobody's. */
  push(): boolean {
    return true
  }

  end(): void {}
}

export const Buffer = { from: (data: ArrayBuffer): Uint8Array => new Uint8Array(data) }

/** simple-peer reads them as hexadecimal text only. */
export function randomBytes(count: number): { toString(): string } {
  const bytes = thisPage.randomBytes(count)
  return { toString: () => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('') }
}

/** Defined rather than assigned: a DOMException has a `code` of its own that cannot be written. */
export const errCode = <E extends Error>(error: E, code: string): E & { code: string } =>
  Object.defineProperty(error, 'code', { value: code, enumerable: true, configurable: true }) as E & { code: string }

/** Null without WebRTC, which simple-peer then says. */
export function browserRtc(): object | null {
  if (typeof RTCPeerConnection === 'undefined') return null
  return { RTCPeerConnection, RTCSessionDescription, RTCIceCandidate }
}

/** Called as a function of its own, the browser's would miss its `this` in some. */
export const microtask = (later: () => void): void => queueMicrotask(later)
