/** Reasons are for players to read: one that nothing gives is a sentence that nobody ever tested. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { reasonSentences } from '../../../net/errors/sentences.ts'

const root = fileURLToPath(new URL('../../../net/', import.meta.url))
/** Files that only sort reasons, or write them to the wire. */
const tables = [
  ...['wire/reasons.ts', 'errors/sentences.ts', 'transport/link.ts'],
  ...['lobby/redial.ts', 'transport/frames.ts'],
]

describe('every reason', () => {
  it('is given somewhere in the library', () => {
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.ts') && !tables.includes(name.replaceAll('\\', '/')),
    )
    const code = files
      .map((name) => readFileSync(root + name, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, ''))
      .join('\n')
    expect(Object.keys(reasonSentences).filter((reason) => !code.includes(`'${reason}'`))).toEqual([])
  })

  it('is a sentence', () => {
    for (const sentence of Object.values(reasonSentences)) expect(sentence).toMatch(/^[A-Z].*[.]$/)
  })
})
