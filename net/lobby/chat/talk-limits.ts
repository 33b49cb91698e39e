/** What a page lets its player say: a few lines at once, then one a second. Nobody types faster. */
export const SAY_BURST = 5
export const SAYS_PER_SECOND = 1
