/** Who is in voice and who speaks, as every page sees it without taking part: what the roster shows of it. */

import { useEffect, useState } from 'preact/hooks'
import type { PlayerId, VoiceMember } from 'starwire'
import { texts } from '../../game/languages/language.ts'
import type { PageLobby } from '../doors/doors.ts'

/** Who is in voice, as it changes. Also drawn anew at each change of who speaks. */
export function useVoices(lobby: PageLobby): ReadonlyMap<PlayerId, VoiceMember> {
  const [members, setMembers] = useState(lobby.voice.members)
  useEffect(() => {
    setMembers(lobby.voice.members)
    return lobby.voice.on('members', setMembers)
  }, [lobby])
  return new Map(members.map((member) => [member.player, member]))
}

/** Beside a name: in voice, and lit while they speak. */
export function VoiceMark({ voice }: { voice: VoiceMember | undefined }) {
  if (!voice) return null
  const said = voice.speaking ? texts.call.speaking : voice.muted ? texts.call.inVoiceMuted : texts.call.inVoice
  return (
    <span class={voice.speaking ? 'voice-mark speaking' : 'voice-mark'} title={said}>
      <MicIcon crossed={voice.muted} waves={voice.speaking} />
      <span class="unseen">{said}</span>
    </span>
  )
}

/** A microphone. With waves it is also told by its shape that somebody speaks. */
export function MicIcon({ crossed = false, waves = false }: { crossed?: boolean; waves?: boolean }) {
  return (
    <svg class="mic-icon" viewBox="0 0 24 24" aria-hidden="true">
      <rect x="9" y="3" width="6" height="11" rx="3" />
      <path d="M6 11a6 6 0 0 0 12 0M12 17v4" />
      {waves && <path d="M2.5 7.5a8 8 0 0 0 0 8M21.5 7.5a8 8 0 0 1 0 8" />}
      {crossed && <path d="M4 4l16 16" />}
    </svg>
  )
}
