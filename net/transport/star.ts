/** The star, both sides: what the rooms above import. */
export * from './host-star.ts'
export * from './join-star.ts'
