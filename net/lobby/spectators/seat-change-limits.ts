/**
 * How often one guest may change between playing and watching: so many times at once, then once in so many seconds. A change ends
 * a player's life in the match and costs the host a full snapshot. The guest's page keeps to it, the host enforces it.
 */
export const SEAT_CHANGE_BURST = 4
export const SECONDS_PER_SEAT_CHANGE = 10
