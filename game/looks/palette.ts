/**
 * Sixteen liveries. The first eight are the colours of Okabe and Ito, which most colour-blind people can tell apart,
 * lightened for a dark sky; the other eight lie between them. The hull is the pilot's choice, so a name stands over every ship.
 */
/** The texts of a language have a word for each. */
export type LiveryName = (typeof named)[number][0]

export interface Livery {
  readonly name: LiveryName
  readonly color: string
}

const named = [
  ['sky', '#5cc8ff'],
  ['orange', '#ffa51f'],
  ['green', '#2fe39a'],
  ['yellow', '#fff04d'],
  ['vermilion', '#ff5a3c'],
  ['pink', '#ff8fd0'],
  ['blue', '#4b7dff'],
  ['white', '#f2f4ff'],
  ['lime', '#b6f23c'],
  ['violet', '#a96bff'],
  ['teal', '#19c3c0'],
  ['red', '#ff2e63'],
  ['sand', '#e8c48f'],
  ['lavender', '#c9b8ff'],
  ['bronze', '#c98446'],
  ['mint', '#b8ffd9'],
] as const

export const liveries: readonly Livery[] = named.map(([name, color]) => ({ name, color }))

/**
 * For colour-blind eyes: eight hues that they tell apart, bright and again dark, since brightness is what all eyes see. The names of the
 * liveries stay, and marks.ts gives each a shape of its own.
 */
const safeLiveries: readonly Livery[] = liveries.map((livery, i) => {
  const { color } = liveries[i % 8] ?? livery
  return i < 8 ? livery : { ...livery, color: darkened(color) }
})

/** Three fifths of each channel. */
function darkened(color: string): string {
  return `#${channels(color)
    .map((value) =>
      Math.round(value * 0.6)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`
}

let isSafe = false

/** Which of the two palettes is drawn from the next match on: ships are painted when it begins. */
export function showSafeColors(wanted: boolean): void {
  isSafe = wanted
}

/** The sixteen as they are drawn now. */
export function shownLiveries(): readonly Livery[] {
  return isSafe ? safeLiveries : liveries
}

const [firstLivery] = liveries
export function liveryOf(color: number): Livery {
  return shownLiveries()[color] ?? (firstLivery as Livery)
}

/** `#rrggbb` with an opacity, as a CSS colour. */
export function fade(color: string, opacity: number): string {
  const [r, g, b] = channels(color)
  return `rgba(${r},${g},${b},${opacity})`
}

/** From one colour towards another, 0 to 1. */
export function mix(from: string, to: string, share: number): string {
  const a = channels(from)
  const b = channels(to)
  const [r, g, bl] = a.map((value, i) => Math.round(value + ((b[i] ?? 0) - value) * share))
  return `rgb(${r},${g},${bl})`
}

function channels(color: string): [number, number, number] {
  const value = Number.parseInt(color.slice(1, 7), 16)
  return [value >> 16, (value >> 8) & 255, value & 255]
}
