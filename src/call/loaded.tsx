/** What of voice and video is loaded when it is first opened: one chunk. */

import type { PlayerId } from 'starwire'
import { texts } from '../../game/languages/language.ts'
import type { PageLobby } from '../doors/doors.ts'
import { useDesk } from './panel.tsx'
import { TalkButton } from './talk-button.tsx'
import { useTalkKeys } from './talk-keys.ts'
import { Tiles } from './tiles.tsx'
import './call.css'

export { CallPanel } from './panel.tsx'

/** Hears the keys to talk and to mute while it is on the page. */
export function CallKeys({ lobby }: { lobby: PageLobby }) {
  useTalkKeys(useDesk(lobby))
  return null
}

/** What of the call lies over the match. */
export function CallStage({ lobby }: { lobby: PageLobby }) {
  const desk = useDesk(lobby)
  return (
    <div class="call-stage">
      <Tiles desk={desk} withButtons={false} />
      {desk.canTalk && <TalkButton desk={desk} label={texts.call.talk} look="thumb" />}
    </div>
  )
}

/** How loud a player in voice is here, and whether their picture is shown. */
export function MemberCall({ lobby, player }: { lobby: PageLobby; player: PlayerId }) {
  const desk = useDesk(lobby)
  const voice = lobby.voice.members.find((member) => member.player === player)
  const video = lobby.video.members.find((member) => member.player === player)
  return (
    <>
      {voice && !voice.mine && (
        <label class="field volume">
          <span>{texts.call.volume}</span>
          <input
            type="range"
            min={0}
            max={200}
            step={5}
            value={voice.volume * 100}
            aria-valuetext={`${Math.round(voice.volume * 100)} %`}
            onInput={(event) => desk.setVolume(player, Number(event.currentTarget.value) / 100)}
          />
        </label>
      )}
      {video && !video.mine && (
        <button
          type="button"
          class="second long"
          aria-pressed={!video.accepted}
          onClick={() => lobby.video.accept(player, !video.accepted)}
        >
          {video.accepted ? texts.call.hideVideo : texts.call.showVideo}
        </button>
      )}
    </>
  )
}
