/**
 * What the server tells its operator: sentences on the console, or one JSON object a line for whoever collects logs. No line
 * names an address or a player. The signalling server's own sentences name origins of pages that were refused, and no more.
 */
import pino from 'pino'

export interface Log {
  info(sentence: string, facts?: Record<string, number | string>): void
  warn(sentence: string): void
  error(sentence: string): void
}

const onConsole: Log = {
  info: (sentence) => console.log(sentence),
  warn: (sentence) => console.warn(`starwire: ${sentence}`),
  error: (sentence) => console.error(sentence),
}

export function createLog(form: 'text' | 'json'): Log {
  if (form === 'text') return onConsole
  // Without the name of this machine, which `base` would add. Written at once: the last line is often the one that counts.
  const logger = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ fd: 1, sync: true }))
  return {
    info: (sentence, facts) => logger.info(facts ?? {}, sentence),
    warn: (sentence) => logger.warn(sentence),
    error: (sentence) => logger.error(sentence),
  }
}
