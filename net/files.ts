/**
 * `starwire/files`: files over a link of `starwire/star`, for those who bring their own netcode. In a lobby there is `lobby.share`.
 */

export { filesOver, type LinkFiles, type LinkFilesOptions } from './files/over-link.ts'
export type * from './files/types.ts'
export type { Platform } from './platform/platform.ts'
export type { Link } from './transport/link.ts'
export type { Lane } from './wire/lanes.ts'
