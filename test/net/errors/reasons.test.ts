/** Reasons are for players to read: one that nothing gives is a sentence that nobody ever tested. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { reasonSentences } from '../../../net/errors/sentences.ts'

const root = fileURLToPath(new URL('../../../net/', import.meta.url))
/** What the host of a star may answer with: the library's own lobbies do not. */
const forStars = ['locked', 'wrong-password', 'banned']
/** Files that only sort reasons, or write them to the wire. */
const tables = [
  ...['wire/reasons.ts', 'errors/sentences.ts', 'transport/link.ts'],
  ...['lobby/redial.ts', 'transport/frames.ts'],
]

describe('every reason', () => {
  it('is given somewhere in the library, or is one of the three for a star', () => {
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.ts') && !tables.includes(name.replaceAll('\\', '/')),
    )
    const code = files
      .map((name) => readFileSync(root + name, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, ''))
      .join('\n')
    const unused = Object.keys(reasonSentences).filter((reason) => !code.includes(`'${reason}'`))
    expect(unused.filter((reason) => !forStars.includes(reason))).toEqual([])
  })

  it('is a sentence', () => {
    for (const sentence of Object.values(reasonSentences)) expect(sentence).toMatch(/^[A-Z].*[.]$/)
  })
})
