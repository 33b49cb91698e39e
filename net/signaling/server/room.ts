/**
 * Whether another socket has room in this process. When there is none, a socket gives way that is worth less than the new
 * one: of the same address, or one that has said nothing yet. Nobody makes a host give way.
 */
import { expel, FULL_RETRY_MS, type Refusal, refuseForNow } from './answers.ts'
import type { Payer } from './budget.ts'
import type { Connection, Context } from './connection.ts'
import type { Sockets } from './sockets.ts'

/** Null: there is room, or a socket made some. */
export function refuseSocket(
  context: Context,
  sockets: Sockets,
  from: Payer,
  gaveWay: () => void,
): Extract<Refusal, 'full' | 'address'> | null {
  const { limits } = context
  const leave = (weakest: Connection | undefined, code: 'too-many-sockets' | 'server-full'): boolean => {
    if (weakest === undefined) return false
    gaveWay()
    refuseForNow(context, weakest, code, FULL_RETRY_MS)
    expel(weakest, code === 'server-full' ? 'server full' : 'too many sockets')
    sockets.leave(weakest)
    return true
  }
  // Wherever it is from: a socket that has said nothing yet.
  if (sockets.size >= limits.sockets && !leave(sockets.oldestNewcomer(), 'server-full')) return 'full'
  if (sockets.countOf(from.address) < limits.socketsPerAddress) return null
  const staying = sockets.staying(from.address)
  if (staying.length < limits.socketsPerAddress) return null
  return leave(weakestOf(staying), 'too-many-sockets') ? null : 'address'
}

/** The oldest that has said nothing yet, else the oldest that looks at the list, else the oldest guest; no host. */
function weakestOf(staying: Connection[]): Connection | undefined {
  const first = (kind?: 'finder' | 'guest') => staying.find(({ role }) => role?.kind === kind)
  return first() ?? first('finder') ?? first('guest')
}
