import { expect, it } from 'vitest'
import { RoundTrip } from '../../../net/clock/round-trip.ts'

it('a round trip is the mean of its first samples, and forgets them in a dozen', () => {
  const trip = new RoundTrip()
  expect(trip.ms).toBe(0)
  for (const ms of [100, 50, 60]) trip.measured(ms)
  expect(trip.ms).toBeCloseTo(70)
  for (let i = 0; i < 60; i++) trip.measured(200)
  expect(trip.ms).toBeGreaterThan(198)
  trip.measured(320)
  expect(trip.ms).toBeLessThan(211)
})
