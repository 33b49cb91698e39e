/**
 * Keeps as many pilots in the lobby as the host has set, by bots: they come when a seat is empty, and leave when a person comes. Every
 * page of a lobby calls `keepCrew`; only the host's acts. So another page that hosts goes on with it: number and skill are settings of
 * the lobby, and bots are members of it.
 */
import type { PlayerId } from 'starwire'
import { BOT_SKILLS } from '../../game/rules/balance.ts'
import type { DogstarSettings } from '../../game/rules/shape.ts'
import type { PageLobby, PageMember } from '../doors/doors.ts'
import { freeName } from '../words/bot-names.ts'
import { pilotsOf } from './sides.ts'

type Wanted = Pick<DogstarSettings, 'botsUpTo' | 'botSkill'>

/** What brings the crew nearer to what is wanted: one bot more, or this one away; null: all is well. */
export function crewChange(
  roster: readonly PageMember[],
  { botsUpTo, botSkill }: Wanted,
  maxPlayers: number,
): 'add' | PlayerId | null {
  if (botsUpTo === 0) return null
  const pilots = pilotsOf(roster)
  const wanted = Math.min(botsUpTo, maxPlayers)
  const leaves = pilots.findLast(({ bot }) => bot && (pilots.length > wanted || bot.skill !== BOT_SKILLS[botSkill]))
  if (leaves) return leaves.id
  return pilots.length < wanted ? 'add' : null
}

/** Follows roster and settings for the life of the lobby. */
export function keepCrew(lobby: PageLobby): void {
  let { botsUpTo } = lobby.settings
  let acting = false
  const act = (): void => {
    // What this does is told as well.
    if (acting || !lobby.hosting || lobby.reconnecting) return
    acting = true
    if (botsUpTo > 0 && lobby.settings.botsUpTo === 0) sendAway(lobby)
    ;({ botsUpTo } = lobby.settings)
    // Each turn is a step towards what is wanted: at most all bots go, and as many come.
    for (let turn = 0; turn < 2 * lobby.maxPlayers; turn++) {
      const change = crewChange(lobby.roster, lobby.settings, lobby.maxPlayers)
      if (change === null || refused(lobby, change)) break
    }
    acting = false
  }
  lobby.on('roster', act)
  lobby.on('settings', act)
  act()
}

function refused(lobby: PageLobby, change: 'add' | PlayerId): boolean {
  if (change !== 'add') return lobby.kick(change) !== null
  const skill = BOT_SKILLS[lobby.settings.botSkill]
  return lobby.addBot('ace', { name: freeName(lobby.roster), skill }) !== null
}

/** The host wants no bots any more. */
function sendAway(lobby: PageLobby): void {
  for (const { id, bot } of lobby.roster) if (bot) lobby.kick(id)
}
