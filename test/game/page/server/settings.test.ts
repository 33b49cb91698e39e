/** What an operator may write into the environment, and what is said about the rest. */
import { describe, expect, test } from 'vitest'
import { readSettings } from '../../../../src/server/settings.ts'

describe('the port', () => {
  test('is 8080 when it is not set, and any port that is', () => {
    expect(readSettings({}).port).toBe(8080)
    expect(readSettings({ PORT: '' }).port).toBe(8080)
    expect(readSettings({ PORT: '80' }).port).toBe(80)
  })

  test.each(['http', '-1', '65536', '80.5', '0x50', ' '])('is not %j, and the operator reads why', (PORT) => {
    expect(() => readSettings({ PORT })).toThrow(/^PORT is ".*", which is no port: set it to a number from 1 to 65535/)
  })
})
