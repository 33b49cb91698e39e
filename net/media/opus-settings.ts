/**
 * How voices are coded: Opus at 24 kbit/s, with DTX, which sends next to nothing while nobody speaks, and with its own repair
 * of lost packets. A page writes into its description what it wants to be sent, and the other one's encoder follows.
 */

/** Speech in full band is good from here on; music is not. */
export const VOICE_BITS_PER_SECOND = 24_000

const WANTED = { maxaveragebitrate: String(VOICE_BITS_PER_SECOND), usedtx: '1', useinbandfec: '1', stereo: '0' }

/** The description with these wishes. One without Opus stays as it is. */
export function withOpusSettings(sdp: string): string {
  const [, payload] = /^a=rtpmap:(\d+) opus\/48000\/2\r?$/im.exec(sdp) ?? []
  if (payload === undefined) return sdp
  const line = new RegExp(`^a=fmtp:${payload} (.*?)(\r?)$`, 'm')
  const [, given = ''] = line.exec(sdp) ?? []
  const settings = new Map(given.split(';').flatMap((pair) => (pair === '' ? [] : [keyAndValue(pair)])))
  for (const [key, value] of Object.entries(WANTED)) settings.set(key, value)
  const text = `a=fmtp:${payload} ${[...settings].map(([key, value]) => `${key}=${value}`).join(';')}`
  if (line.test(sdp)) return sdp.replace(line, `${text}$2`)
  return sdp.replace(/^(a=rtpmap:\d+ opus\/48000\/2)(\r?\n)/im, `$1$2${text}$2`)
}

function keyAndValue(pair: string): [string, string] {
  const [key = '', value = ''] = pair.trim().split('=')
  return [key, value]
}
