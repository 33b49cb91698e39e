/**
 * The backdrop: three sheets of stars that drift at different speeds, the dog star itself, a planet, and a chase. Drawn
 * once; only transforms and opacities move after that, so it costs next to nothing, and nothing moves for people who asked for that.
 */
interface Sheet {
  readonly stars: number
  readonly radius: number
  /** Side of the square that repeats, in pixels; the sheets' sides share no small multiple, so no pattern shows. */
  readonly side: number
}

const sheets: Record<'far' | 'middle' | 'near', Sheet> = {
  far: { stars: 150, radius: 0.7, side: 620 },
  middle: { stars: 46, radius: 1.1, side: 710 },
  near: { stars: 14, radius: 1.7, side: 830 },
}

/** A fixed sequence in 0 to 1, so that the sky is the same on every visit (mulberry32). */
function sequence(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const tints = ['#ffffff', '#cfe3ff', '#9fc6ff', '#ffe9c9']

function Stars({ name }: { name: keyof typeof sheets }) {
  const { stars, radius, side } = sheets[name]
  const random = sequence(side)
  return (
    <svg aria-hidden="true" class={`stars ${name}`} width="100%" height="100%">
      <pattern id={`stars-${name}`} width={side} height={side} patternUnits="userSpaceOnUse">
        {Array.from({ length: stars }, (_, index) => (
          <circle
            key={index}
            cx={Math.round(random() * side)}
            cy={Math.round(random() * side)}
            r={(radius * (0.6 + random() * 0.8)).toFixed(2)}
            fill={tints[Math.floor(random() * tints.length)]}
            opacity={(0.35 + random() * 0.65).toFixed(2)}
          />
        ))}
      </pattern>
      <rect width="100%" height="100%" fill={`url(#stars-${name})`} />
    </svg>
  )
}

const HULL = 'M14 0L-9 9L-4 0L-9-9Z'

export function Sky() {
  return (
    <div class="sky" aria-hidden="true">
      <Stars name="far" />
      <Stars name="middle" />
      <Stars name="near" />
      <div class="sirius" />
      <div class="planet" />
      {['chased', 'chaser'].map((role) => (
        <svg key={role} aria-hidden="true" class={`ship ${role}`} viewBox="-90 -12 106 24">
          <path class="trail" d="M-5-3L-88 0L-5 3Z" />
          <path class="hull" d={HULL} />
        </svg>
      ))}
    </div>
  )
}
