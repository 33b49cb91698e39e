/** Who is in the lobby: name, host, readiness, presence; and for each other player what can be done about them. */

import { useEffect, useRef, useState } from 'preact/hooks'
import type { PlayerId, Refusal } from 'starwire'
import { texts } from '../../game/languages/language.ts'
import { liveryOf } from '../../game/looks/palette.ts'
import { teamMarks } from '../../game/looks/teams.ts'
import { CallDeeds } from '../call/mount.tsx'
import { useVoices, VoiceMark } from '../call/voice-marks.tsx'
import type { PageLobby, PageMember } from '../doors/doors.ts'
import { PictureDeeds, Portrait } from '../files/pictures/mount.tsx'
import { isolated } from '../parts/isolated.ts'
import { ShipIcon } from '../parts/ship-icon.tsx'
import { skillNameOf } from '../words/bot-names.ts'
import { mayBeHost } from '../words/hosting.ts'
import type { Side } from './sides.ts'
import { WatchSwitch } from './watch.tsx'

/** The roster as it changes. */
export function useRoster(lobby: PageLobby): readonly PageMember[] {
  const [roster, setRoster] = useState(lobby.roster)
  useEffect(() => {
    // Copied: a list that the library changes in place would look unchanged.
    const heard = (members: readonly PageMember[]) => setRoster([...members])
    heard(lobby.roster)
    return lobby.on('roster', heard)
  }, [lobby])
  return roster
}

interface RosterProps {
  lobby: PageLobby
  roster: readonly PageMember[]
  /** What each pilot will fly; null in a match, where the game shows it. */
  sides?: ReadonlyMap<PlayerId, Side> | null
  /** Whether readiness matters: it does before the match. */
  readiness: boolean
  /** Somebody was muted or is heard again: what is shown of the chat is another. */
  muted(): void
}

export function Roster({ lobby, roster, sides = null, readiness, muted }: RosterProps) {
  const list = useRef<HTMLUListElement>(null)
  const [open, setOpen] = useState<PlayerId | null>(null)
  const voices = useVoices(lobby)
  return (
    <ul ref={list} class="roster" tabIndex={-1}>
      {roster.map((member) => (
        <li key={member.id} class={`member ${member.presence}`}>
          <div class="row">
            {sides && member.spectator ? <EyeIcon /> : <SideMark side={sides?.get(member.id) ?? null} />}
            <bdi class="name">{member.name}</bdi>
            <Portrait lobby={lobby} player={member.id} />
            <VoiceMark voice={voices.get(member.id)} />
            {member.mine && <span class="tag">{texts.roster.you}</span>}
            {member.host && <span class="tag host">{texts.roster.host}</span>}
            {member.spectator && <span class="tag">{texts.roster.watching}</span>}
            {member.bot && <span class="tag">{texts.roster.bot(skillNameOf(member.bot.skill))}</span>}
            {lobby.muted.has(member.id) && <span class="tag">{texts.roster.muted}</span>}
            {member.presence !== 'here' && (
              <span class={`tag ${member.presence}`}>{texts.roster.presence[member.presence]}</span>
            )}
            {readiness && !member.host && !member.bot && !member.spectator && (
              <span class={member.ready ? 'readiness yes' : 'readiness'}>
                {member.ready ? texts.roster.ready : texts.roster.notReady}
              </span>
            )}
            {member.mine && !member.spectator && <WatchSwitch lobby={lobby} watching={false} class="second own" />}
            {isDealtWith(lobby, member) && (
              <button
                type="button"
                class="more"
                aria-expanded={open === member.id}
                aria-label={texts.roster.more(isolated(member.name))}
                title={texts.roster.more(isolated(member.name))}
                onClick={() => setOpen(open === member.id ? null : member.id)}
              >
                <span aria-hidden="true">⋯</span>
              </button>
            )}
          </div>
          {open === member.id && isDealtWith(lobby, member) && (
            <MemberDeeds
              lobby={lobby}
              member={member}
              muted={muted}
              gone={() => {
                setOpen(null)
                // The button goes with its row; the keyboard must not be thrown back to the top of the page.
                list.current?.focus({ preventScroll: true })
              }}
            />
          )}
        </li>
      ))}
    </ul>
  )
}

/** Whether anything can be done about a member: about a bot by the host, unless others would come in its place (crew.ts). */
function isDealtWith(lobby: PageLobby, { mine, bot }: PageMember): boolean {
  return !mine && (bot === null || (lobby.hosting && lobby.settings.botsUpTo === 0))
}

/** In the place of the ship. */
function EyeIcon() {
  return (
    <svg class="eye-icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d="M2.5 12c3.5-6 15.5-6 19 0-3.5 6-15.5 6-19 0z" />
      <circle cx="12" cy="12" r="3" />
    </svg>
  )
}

/** The ship, and the team's mark and name: neither says by colour alone whom one flies with. */
function SideMark({ side }: { side: Side | null }) {
  if (!side) return null
  return (
    <>
      <ShipIcon color={side.color} hull={side.hull} />
      {side.team === 'none' ? (
        <span class="unseen">
          {texts.roster.flies(texts.liveries[liveryOf(side.color).name], texts.hulls[side.hull].name)}
        </span>
      ) : (
        <span
          class="team"
          title={texts.roster.team(texts.teams[side.team])}
          style={{ color: liveryOf(side.color).color }}
        >
          <span aria-hidden="true">{teamMarks[side.team]}</span>
          <span class="unseen">{texts.roster.team(texts.teams[side.team])}</span>
        </span>
      )}
    </>
  )
}

interface DeedsProps {
  lobby: PageLobby
  member: PageMember
  muted(): void
  /** What was open closes: the member was removed, or hosts now. */
  gone(): void
}

/** Mute, for everybody; for the host: to let them host, and kick and ban, with a line that the removed player reads. */
function MemberDeeds({ lobby, member, muted, gone }: DeedsProps) {
  const text = useRef<HTMLInputElement>(null)
  const [refused, setRefused] = useState<Refusal | null>(null)
  if (member.bot)
    return (
      <div class="deeds">
        <button
          type="button"
          class="second kick"
          aria-label={texts.roster.remove(isolated(member.name))}
          onClick={() => {
            const refusal = lobby.kick(member.id)
            setRefused(refusal)
            if (!refusal) gone()
          }}
        >
          {texts.roster.removeBot}
        </button>
        <p class="complaint" role="alert">
          {refused && texts.refusals[refused]}
        </p>
      </div>
    )
  const isMuted = lobby.muted.has(member.id)
  const told = isolated(member.name)

  const mute = () => {
    setRefused(lobby.mute(member.id, !isMuted))
    muted()
  }
  const handOver = () => {
    const refusal = lobby.handOver(member.id)
    setRefused(refusal)
    if (!refusal) gone()
  }
  const remove = (deed: 'kick' | 'ban') => {
    const said = text.current?.value.trim() ?? ''
    const refusal = said === '' ? lobby[deed](member.id) : lobby[deed](member.id, said)
    setRefused(refusal)
    if (!refusal) gone()
  }
  return (
    <div class="deeds">
      <button type="button" class="second" aria-pressed={isMuted} onClick={mute}>
        {isMuted ? texts.roster.unmute : texts.roster.mute}
      </button>
      <CallDeeds lobby={lobby} member={member} />
      <PictureDeeds lobby={lobby} player={member.id} />
      {lobby.hosting && mayBeHost(member) && (
        <button type="button" class="second" aria-label={texts.roster.letThisHost(told)} onClick={handOver}>
          {texts.roster.letHost}
        </button>
      )}
      {lobby.hosting && (
        <>
          <button
            type="button"
            class="second kick"
            aria-label={texts.roster.kickThis(told)}
            onClick={() => remove('kick')}
          >
            {texts.roster.kick}
          </button>
          <button
            type="button"
            class="second kick"
            aria-label={texts.roster.banThis(told)}
            onClick={() => remove('ban')}
          >
            {texts.roster.ban}
          </button>
          <label class="field">
            <span>{texts.roster.farewell}</span>
            <input ref={text} maxLength={200} dir="auto" autocomplete="off" />
          </label>
        </>
      )}
      <p class="complaint" role="alert">
        {refused && texts.refusals[refused]}
      </p>
    </div>
  )
}
