/** Arenas as the player sees them: what is played next, what they may pick, and what others offer, each drawn before anybody says yes. */
import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { PlayerId } from 'starwire'
import { ARENA_ENDING, type Arena } from '../../game/arenas/arena.ts'
import { arenaFileName, arenaText } from '../../game/arenas/arena-file.ts'
import { exampleArenas } from '../../game/arenas/examples.ts'
import { drawPreview, PREVIEW_HEIGHT, PREVIEW_WIDTH } from '../../game/looks/arena-preview.ts'
import type { PageLobby } from '../doors.ts'
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
        <ArenaCard arena={current} title="The next match is in">
          {lobby.hosting && (
            <button type="button" class="second" onClick={() => desk.play(null)}>
              Back to the open field
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
    <ArenaCard arena={arena} title="Your pick">
      {lobby.hosting && (
        <button type="button" class="second" onClick={() => desk.play(arena)}>
          Play it next
        </button>
      )}
      <button type="button" class="second" disabled={desk.offered || of === 0} onClick={() => void desk.offer()}>
        {lobby.hosting ? 'Show the others' : 'Offer it to the host'}
      </button>
      {desk.offered && (
        <button type="button" class="second" onClick={() => desk.takeBack()}>
          Take it back
        </button>
      )}
      <SaveLink arena={arena} />
      {desk.offered && (
        <p class="hint" role="status">
          {lobby.hosting ? `${by} of ${of} would fly here.` : 'Offered. The host decides.'}
        </p>
      )}
    </ArenaCard>
  )
}

function Offer({ desk, from, arena }: { desk: ArenaDesk; from: PlayerId; arena: Arena }) {
  const { lobby } = desk
  const name = lobby.roster.find(({ id }) => id === from)?.name ?? 'Somebody'
  return (
    <ArenaCard
      arena={arena}
      title={
        <>
          <bdi>{name}</bdi> offers
        </>
      }
    >
      {lobby.hosting ? (
        <button type="button" class="second" onClick={() => desk.play(arena)}>
          Play it next
        </button>
      ) : (
        <button type="button" class="second" disabled={desk.isAccepted(from)} onClick={() => desk.accept(from)}>
          {desk.isAccepted(from) ? 'Accepted' : 'Accept'}
        </button>
      )}
      <button type="button" class="second" onClick={() => desk.decline(from)}>
        Decline
      </button>
      <SaveLink arena={arena} />
    </ArenaCard>
  )
}

interface CardProps {
  arena: Arena
  title: ComponentChildren
  children: ComponentChildren
}

function ArenaCard({ arena, title, children }: CardProps) {
  const { name, width, height, rocks } = arena
  return (
    <section class="arena-card">
      <h3>
        {title} “<bdi>{name}</bdi>”
      </h3>
      <Preview arena={arena} />
      <p class="hint">
        {width} × {height}, {rocks.length} {rocks.length === 1 ? 'rock' : 'rocks'}
      </p>
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
      aria-label="A drawing of the arena"
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
      Save as a file
    </a>
  )
}

function PickArena({ desk }: { desk: ArenaDesk }) {
  const picked = desk.picked?.arena
  return (
    <>
      <fieldset class="segments">
        <legend>Look at an arena</legend>
        {exampleArenas.map((arena) => (
          <label key={arena.name}>
            <input type="radio" name="arena" checked={picked === arena} onChange={() => desk.pick(arena)} />
            <span>{arena.name}</span>
          </label>
        ))}
      </fieldset>
      <label class="field">
        <span>Or one of your own: save one of these as a file, change it, and open it here</span>
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
