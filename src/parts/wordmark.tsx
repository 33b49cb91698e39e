/** The word DOGSTAR, drawn in strokes so that it looks the same wherever no font of ours is; the O holds the star. */

const letters = [
  'M4 4H27A36 36 0 0 1 27 76H4Z',
  'M124 4A36 36 0 1 1 123.9 4Z',
  'M248 17A36 36 0 1 0 257 43H230',
  'M334 15C328 7 319 4 309 4C293 4 285 12 285 22C285 46 339 34 339 58C339 70 327 76 312 76C297 76 288 71 282 61',
  'M366 4H430M398 4V78',
  'M444 78L478 6L512 78',
  'M542 78V4H573A21 21 0 0 1 573 46H542M572 46L600 78',
]

/** A star with four long rays, drawn around 0,0 with a reach of 10. */
const STAR = 'M0-10C.6-2 2-.6 10 0C2 .6 .6 2 0 10C-.6 2-2 .6-10 0C-2-.6-.6-2 0-10Z'

export function Wordmark(props: { class: string }) {
  return (
    <svg class={props.class} viewBox="-3 -3 612 86" role="img" aria-label="Dogstar">
      {letters.map((path) => (
        <path key={path} d={path} class="letter" />
      ))}
      <path d={STAR} class="star" transform="translate(124 40) scale(2.9)" />
      <circle cx="478" cy="66" r="5" class="star" />
    </svg>
  )
}
