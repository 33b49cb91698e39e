/** Texts that a page lets its player say: so many at once, then so many a second. Nobody types faster. */
export const SAY_BURST = 5
export const SAYS_PER_SECOND = 1
