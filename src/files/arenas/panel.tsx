/** Arenas as the player sees them: what is played next, what they may pick, and what others offer, each drawn before anybody says yes. */

import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { PlayerId } from 'starwire'
import { ARENA_ENDING, type Arena } from '../../../game/arenas/arena.ts'
import { arenaFileName, arenaText } from '../../../game/arenas/arena-file.ts'
import { exampleArenas } from '../../../game/arenas/examples.ts'
import { texts } from '../../../game/languages/language.ts'
import { drawPreview, PREVIEW_HEIGHT, PREVIEW_WIDTH } from '../../../game/looks/arena-preview.ts'
import type { PageLobby } from '../../doors/doors.ts'
import { type ArenaDesk, arenasOf } from './desk.ts'
import './arenas.css'

export function ArenaPanel({ lobby }: { lobby: PageLobby }) {
  const desk = arenasOf(lobby)
  const [, redraw] = useState(0)
  useEffect(() => desk.subscribe(() => redraw((before) => before + 1)), [desk])
  const { current, picked } = desk
  return (
    <>
      {current && (
        <ArenaCard arena={current} title={texts.arenas.next}>
          {lobby.hosting && (
            <button type="button" class="second" onClick={() => desk.play(null)}>
              {texts.arenas.toField}
            </button>
          )}
          <SaveLink arena={current} />
        </ArenaCard>
      )}
      {[...desk.offers].map(([from, arena]) => (
        <Offer key={from} desk={desk} from={from} arena={arena} />
      ))}
      {picked?.arena && <Picked desk={desk} arena={picked.arena} />}
      <p class="complaint" role="alert">
        {picked?.fault ? picked.sentence : desk.sentence}
      </p>
      <PickArena desk={desk} />
    </>
  )
}

function Picked({ desk, arena }: { desk: ArenaDesk; arena: Arena }) {
  const { lobby } = desk
  const { by, of } = desk.accepted
  return (
    <ArenaCard arena={arena} title={texts.arenas.pick}>
      {lobby.hosting && (
        <button type="button" class="second" onClick={() => desk.play(arena)}>
          {texts.arenas.playNext}
        </button>
      )}
      <button type="button" class="second" disabled={desk.offered || of === 0} onClick={() => void desk.offer()}>
        {lobby.hosting ? texts.arenas.show : texts.arenas.offer}
      </button>
      {desk.offered && (
        <button type="button" class="second" onClick={() => desk.takeBack()}>
          {texts.arenas.takeBack}
        </button>
      )}
      <SaveLink arena={arena} />
      {desk.offered && (
        <p class="hint" role="status">
          {lobby.hosting ? texts.arenas.wouldFly(by, of) : texts.arenas.offered}
        </p>
      )}
    </ArenaCard>
  )
}

function Offer({ desk, from, arena }: { desk: ArenaDesk; from: PlayerId; arena: Arena }) {
  const { lobby } = desk
  const [before, between, after] = texts.arenas.offeredBy
  const name = lobby.roster.find(({ id }) => id === from)?.name ?? texts.page.somebody
  return (
    <ArenaCard
      arena={arena}
      title={[
        <>
          {before}
          <bdi>{name}</bdi>
          {between}
        </>,
        after,
      ]}
    >
      {lobby.hosting ? (
        <button type="button" class="second" onClick={() => desk.play(arena)}>
          {texts.arenas.playNext}
        </button>
      ) : (
        <button type="button" class="second" disabled={desk.isAccepted(from)} onClick={() => desk.accept(from)}>
          {desk.isAccepted(from) ? texts.arenas.accepted : texts.arenas.accept}
        </button>
      )}
      <button type="button" class="second" onClick={() => desk.decline(from)}>
        {texts.arenas.decline}
      </button>
      <SaveLink arena={arena} />
    </ArenaCard>
  )
}

interface CardProps {
  arena: Arena
  /** Before and after the arena’s name. */
  title: readonly [before: ComponentChildren, after: string]
  children: ComponentChildren
}

function ArenaCard({ arena, title, children }: CardProps) {
  const { name, width, height, rocks } = arena
  return (
    <section class="arena-card">
      <h3>
        {title[0]}
        <bdi>{name}</bdi>
        {title[1]}
      </h3>
      <Preview arena={arena} />
      <p class="hint">{texts.arenas.size(width, height, rocks.length)}</p>
      <div class="arena-deeds">{children}</div>
    </section>
  )
}

function Preview({ arena }: { arena: Arena }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const ctx = canvas.current?.getContext('2d')
    if (ctx) drawPreview(ctx, arena)
  }, [arena])
  return (
    <canvas
      ref={canvas}
      class="arena-preview"
      width={PREVIEW_WIDTH}
      height={PREVIEW_HEIGHT}
      role="img"
      aria-label={texts.arenas.drawing}
    />
  )
}

/** A file to keep, or to change: any arena is a template. */
function SaveLink({ arena }: { arena: Arena }) {
  return (
    <a
      class="save"
      // Small enough for an address, which needs no clearing up.
      href={`data:application/json;charset=utf-8,${encodeURIComponent(arenaText(arena))}`}
      download={arenaFileName(arena)}
    >
      {texts.arenas.save}
    </a>
  )
}

function PickArena({ desk }: { desk: ArenaDesk }) {
  const picked = desk.picked?.arena
  return (
    <>
      <fieldset class="segments">
        <legend>{texts.arenas.lookAt}</legend>
        {exampleArenas.map((arena) => (
          <label key={arena.name}>
            <input type="radio" name="arena" checked={picked === arena} onChange={() => desk.pick(arena)} />
            <span>{arena.name}</span>
          </label>
        ))}
      </fieldset>
      <label class="field">
        <span>{texts.arenas.own}</span>
        <input
          type="file"
          accept={`${ARENA_ENDING},.json,application/json`}
          onChange={(event) => {
            const [file] = event.currentTarget.files ?? []
            if (file) void desk.pickFile(file)
            // The same file, changed, can be picked again.
            event.currentTarget.value = ''
          }}
        />
      </label>
    </>
  )
}
