/** `lobby.share`: checks its arguments, and finds out who receives the file. */
import type { FileTransfer, ShareOptions } from '../../files/types.ts'
import { checkKinds, checkNames, describeGiven } from '../../world/given.ts'
import type { PlayerId } from '../../world/ids.ts'
import type { LobbyFiles } from './lobby-files.ts'

export interface Sharing extends ShareOptions {
  readonly to: PlayerId | readonly PlayerId[] | 'all'
}

interface Sharer {
  readonly me: PlayerId | null
  readonly roster: readonly { readonly id: PlayerId }[]
}

/** @throws TypeError, as `lobby.share` says. */
export function shareFile(
  { me, roster }: Sharer,
  files: LobbyFiles,
  file: Blob,
  options: Sharing,
): Promise<FileTransfer<PlayerId>[]> {
  if (!(file instanceof Blob))
    throw new TypeError(`lobby.share was given ${describeGiven(file)}. Give it a Blob or a File.`)
  checkNames('lobby.share', options, ['to', 'name'])
  checkKinds('lobby.share', options as { name?: string }, { name: 'string' })
  const { to, name = file instanceof File ? file.name : '' } = options
  const others = roster.map(({ id }) => id).filter((id) => id !== me)
  const receivers = to === 'all' ? others : [to].flat()
  for (const player of receivers)
    if (typeof player !== 'number' || player === me)
      throw new TypeError(
        `lobby.share: to is ${describeGiven(player)}. Write another player's id, a list of them, or 'all'.`,
      )
  return files.share(file, receivers as PlayerId[], name)
}
