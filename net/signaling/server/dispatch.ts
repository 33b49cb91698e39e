/** Which part of the server a message goes to: one of the page, or one of the other side of its lobby. */
import { offend, send } from './answers.ts'
import { bounce } from './bounce.ts'
import { parseClientMessage } from './client-messages.ts'
import type { Connection, Context } from './connection.ts'
import type { Envelope } from './envelope.ts'
import { findLobbies } from './finding.ts'
import { claimForgotten } from './forgotten.ts'
import { answerGuest, closeLobby, hearAsHost, releaseLobby, startHosting } from './hosting.ts'
import { endAttempt, hearAsGuest, signalHost, startJoining } from './joining.ts'
import { changeFacts, listLobby, unlistLobby } from './listing.ts'
import { hearAsFinder, hearEchoed, measureHosts } from './measuring.ts'
import { askForRelay } from './relay/asking.ts'
import {
  answerHost,
  claimLobby,
  giveLobbyBack,
  hearAlive,
  hearAsHeir,
  nameHeirs,
  reserveLobby,
  tellHostGone,
  transferLobby,
  watchHost,
} from './takeover.ts'

/** What a page sent, as it came in. */
export interface Heard {
  readonly text: string
  readonly isBinary: boolean
  /** When it came, in ms; it may have waited since. */
  readonly heardAt: number
}

export async function hearPage(
  context: Context,
  connection: Connection,
  { text, isBinary, heardAt }: Heard,
): Promise<void> {
  // Also when the socket is closed by now: a page says `close` and closes its socket at once.
  if (connection.expelled) return
  if (context.budget.take('messages', connection.address) > 0) return offend(context, connection, 'too-fast')
  if (isBinary) return offend(context, connection, 'not-json')
  const parsed = parseClientMessage(text)
  if ('error' in parsed) return offend(context, connection, parsed.error, parsed.detail)
  const { message } = parsed
  switch (message.type) {
    case 'host':
      return startHosting(context, connection, message.protocol, message.token)
    case 'join':
      return startJoining(context, connection, message)
    case 'admit':
      return answerGuest(context, connection, { peer: message.peer, epoch: message.epoch, admit: true })
    case 'refuse':
      return answerGuest(context, connection, {
        peer: message.peer,
        epoch: message.epoch,
        refuse: message.reason,
        ...(message.note === undefined ? {} : { note: message.note }),
      })
    case 'to-guest':
      return answerGuest(context, connection, { peer: message.peer, epoch: message.epoch, data: message.data })
    case 'to-host':
      return signalHost(context, connection, message.epoch, message.data)
    case 'relay':
      return askForRelay(context, connection, message.epoch)
    case 'close':
      return closeLobby(context, connection)
    case 'alive':
      return hearAlive(context, connection, message.epoch)
    case 'ask':
      return answerHost(context, connection)
    case 'heirs':
      return nameHeirs(context, connection, message)
    case 'transfer':
      return transferLobby(context, connection, message)
    case 'watch':
      return watchHost(context, connection, message)
    case 'reserve':
      return reserveLobby(context, connection, message.epoch)
    case 'give-back':
      return giveLobbyBack(context, connection, message.epoch)
    case 'claim':
      return message.pass === undefined
        ? claimLobby(context, connection, message.epoch)
        : claimForgotten(context, connection, message.epoch, message.pass)
    case 'list':
      return listLobby(context, connection, message)
    case 'facts':
      return changeFacts(context, connection, message.facts)
    case 'unlist':
      return unlistLobby(context, connection)
    case 'find':
      return findLobbies(context, connection, message)
    case 'measure':
      return measureHosts(context, connection, message.codes)
    case 'echo':
      return send(context, connection, { type: 'echoed', nonce: message.nonce })
    case 'echoed':
      return hearEchoed(context, connection, message.nonce, heardAt)
  }
}

export async function hearOtherSide(context: Context, connection: Connection, envelope: Envelope): Promise<void> {
  const { role } = connection
  if (role === null)
    return bounce(context, connection.address, envelope, connection.epoch > 0 ? 'stale' : 'unknown-peer')
  if (role.kind === 'finder') return hearAsFinder(context, connection, role, envelope)
  if (role.kind === 'heir') return hearAsHeir(context, connection, role, envelope)
  return role.kind === 'host'
    ? hearAsHost(context, connection, role, envelope)
    : hearAsGuest(context, connection, role, envelope)
}

/** The socket is gone: a host's lobby waits for it until its lease ends, a guest's attempt is over. */
export async function socketClosed(context: Context, connection: Connection): Promise<void> {
  const { role } = connection
  if (role?.kind === 'host') {
    const heirs = await releaseLobby(context, role, connection.closedHere ? 'lost' : 'gone')
    if (!connection.closedHere) await tellHostGone(context, role, heirs)
  }
  await endAttempt(context, connection)
}
