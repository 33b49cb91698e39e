/** What warm heirs cost a host, and how old their world is, in virtual time. */
import { arena, HostAndHeir } from '../../net/migration/arena.ts'
import { measured, median, quantile, type Row } from '../bench.ts'
import { type CrowdCost, crowdCosts } from './crowd.ts'

const HEIRS = 2
const ROUNDS = 3
/** An uplink that grows by so much is no matter, whatever its share. */
const FREE_BYTES = 10_000

function heirAge(): Row {
  const match = new HostAndHeir(arena(1000), { oneWayMs: 100, loss: 0.02 })
  match.run(120)
  const ages: number[] = []
  match.run(1200, () => ages.push(match.heir.ageMs(match.host.world.tick) ?? Number.POSITIVE_INFINITY))
  const name = "age of the heir's world p99"
  return measured(name, '1,000 entities, 100 ms, 2 % loss', quantile(ages, 0.99), 'ms', 'lower', 250)
}

function heirCost(seconds: number): Row[] {
  const rounds = Array.from({ length: ROUNDS }, () => crowdCosts(HEIRS, seconds * 1000))
  const ratio = (of: (cost: CrowdCost) => number): number =>
    median(rounds.map(({ without, withHeirs }) => of(withHeirs) / of(without)))
  const more = median(rounds.map(({ without, withHeirs }) => withHeirs.bytesPerSecond - without.bytesPerSecond))
  const uplink = ratio(({ bytesPerSecond }) => bytesPerSecond)
  const name = 'host uplink ÷ without (M, 16 clients)'
  const row = measured(name, 'warm heirs', uplink, 'ratio', 'lower', 1.5)
  return [
    { ...row, met: row.met === true || more <= FREE_BYTES },
    measured('host uplink more', 'warm heirs', more, 'bytes/s', 'lower'),
    measured(
      'host tick ÷ without',
      'warm heirs',
      ratio(({ tickMs }) => tickMs),
      'ratio',
      'lower',
      1.25,
    ),
  ]
}

export function costRows(seconds: number): Row[] {
  return [heirAge(), ...heirCost(seconds)]
}
