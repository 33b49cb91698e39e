/** The pictures of those in video, small. The own one is mirrored, as people know themselves. Each of the others may be refused. */

import { useEffect, useRef } from 'preact/hooks'
import type { VideoMember } from 'starwire'
import { texts } from '../../game/languages/language.ts'
import type { CallDesk } from './desk.ts'

/** Nothing while this page does not take part: nobody is shown without asking for it. */
export function Tiles({ desk, withButtons = true }: { desk: CallDesk; withButtons?: boolean }) {
  const { video } = desk.lobby
  if (video.state !== 'on') return null
  // Over the match there is no room for what is not seen.
  const shown = withButtons ? video.members : video.members.filter(({ stream }) => stream !== null)
  return (
    <ul class="tiles" aria-label={texts.call.video}>
      {shown.map((member) => (
        <Tile key={member.player} desk={desk} member={member} withButtons={withButtons} />
      ))}
    </ul>
  )
}

function Tile({ desk, member, withButtons }: { desk: CallDesk; member: VideoMember; withButtons: boolean }) {
  const { player, mine, stream, accepted } = member
  const name = desk.lobby.roster.find(({ id }) => id === player)?.name ?? texts.page.nameless
  return (
    <li class={mine ? 'tile mine' : 'tile'}>
      {stream ? <Picture stream={stream} /> : <span class="tile-empty">{whyEmpty(member)}</span>}
      <bdi class="tile-name">{mine ? texts.call.you : name}</bdi>
      {withButtons && !mine && (
        <button
          type="button"
          class="tile-button"
          aria-label={accepted ? texts.call.doNotShowThis(name) : texts.call.showThis(name)}
          title={accepted ? texts.call.doNotShow : texts.call.show}
          onClick={() => desk.lobby.video.accept(player, !accepted)}
        >
          <span aria-hidden="true">{accepted ? '×' : '+'}</span>
        </button>
      )}
    </li>
  )
}

function Picture({ stream }: { stream: MediaStream }) {
  const video = useRef<HTMLVideoElement>(null)
  useEffect(() => {
    const element = video.current
    if (!element) return
    element.srcObject = stream
    // It rejects when the picture goes before it began.
    element.play().catch(() => {})
    return () => {
      element.srcObject = null
    }
  }, [stream])
  return <video ref={video} muted playsInline autoPlay />
}

function whyEmpty({ mine, accepted, connection }: VideoMember): string {
  if (mine) return texts.call.cameraOff
  if (!accepted) return texts.call.notShown
  if (connection === 'connecting') return texts.call.connecting
  return connection === 'failed' ? texts.call.noConnection : texts.call.noCamera
}
