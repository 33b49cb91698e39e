/** What an operator may write into STARWIRE_REDIS. */
import { describe, expect, test } from 'vitest'
import { readRedisAddress } from '../../../net/signaling/server/redis/redis-address.ts'

describe('the address of a Redis', () => {
  test.each([
    ['redis://localhost', { host: 'localhost', port: 6379 }],
    ['redis://10.0.0.7:7000/3', { host: '10.0.0.7', port: 7000, db: 3 }],
    ['redis://:s%40cret@cache.example.org', { host: 'cache.example.org', port: 6379, password: 's@cret' }],
    ['rediss://ann:a:b@[fd00::7]:6380', { host: 'fd00::7', port: 6380, username: 'ann', password: 'a:b', tls: {} }],
    [
      'redis+sentinel://:pw@a:26379,b,c:1/mymaster/2?sentinelPassword=other',
      {
        sentinels: [
          { host: 'a', port: 26_379 },
          { host: 'b', port: 26_379 },
          { host: 'c', port: 1 },
        ],
        ...{ name: 'mymaster', db: 2, password: 'pw', sentinelPassword: 'other' },
      },
    ],
  ])('%s is read', (text, target) => {
    expect(readRedisAddress(text)).toEqual(target)
  })

  test.each([
    ['', 'no address'],
    ['http://localhost', 'no address'],
    ['redis://', 'no address'],
    ['redis://host:99999', 'a host that is none'],
    ['redis://ho st', 'a host that is none'],
    ['redis://host/zero', 'the database "zero"'],
    ['redis+sentinel://a:26379', 'names no master'],
  ])('%s is refused with a sentence', (text, sentence) => {
    expect(() => readRedisAddress(text)).toThrow(sentence)
  })

  test('is not repeated in a refusal, for it holds a password', () => {
    for (const text of ['redis://:topsecret@ho st', 'redis+sentinel://:topsecret@a', 'topsecret'])
      expect(() => readRedisAddress(text)).toThrow(
        expect.not.objectContaining({ message: expect.stringContaining('topsecret') }),
      )
  })
})
