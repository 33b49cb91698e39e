/** Changes of host in one match that are remembered. Who missed more of them goes on from the oldest of these. */
export const MAX_CUTS = 16
