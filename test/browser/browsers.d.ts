declare module '*/.ci/chromium.mjs' {
  /** The path of a Chromium on this machine, or null. */
  export function findChromium(): string | null
}

declare module '*/.ci/firefox.mjs' {
  /** The command that starts a Firefox on this machine, or null. */
  export function findFirefox(): string | null
}
