/** The picker of one's own ship: hull, special, and livery or team. What the rules will deal of it is in sides.ts. */

import { useState } from 'preact/hooks'
import type { Refusal } from 'starwire'
import { texts } from '../../game/languages/language.ts'
import type { Told } from '../../game/looks/arms.ts'
import { liveries, liveryOf } from '../../game/looks/palette.ts'
import { teamMarks } from '../../game/looks/teams.ts'
import { HULL_NAMES, type HullName, SPECIAL_NAMES, TEAM_MODES, TEAMS, type Team } from '../../game/rules/balance.ts'
import { ANY_COLOR, colorOfTeam } from '../../game/rules/sides.ts'
import type { PageLobby, PageMember } from '../doors/doors.ts'
import { useSettings } from '../doors/lobby-state.ts'
import { rememberShip } from '../doors/remembered.ts'
import { ShipIcon } from '../parts/ship-icon.tsx'
import { pilotsOf, sidesOf } from './sides.ts'

export function MyShip({ lobby, roster }: { lobby: PageLobby; roster: readonly PageMember[] }) {
  const teams = TEAM_MODES.includes(useSettings(lobby).mode)
  const [refused, setRefused] = useState<Refusal | null>(null)
  const me = roster.find((member) => member.mine)
  const side = me && sidesOf(roster, teams).get(me.id)
  if (!me || !side) return null

  const choose = async (choice: Partial<PageMember['choice']>) => {
    const refusal = await lobby.choose(choice)
    setRefused(refusal)
    if (!refusal) rememberShip(choice)
  }
  const livery =
    side.team === 'none' ? texts.liveries[liveryOf(side.color).name] : texts.ship.team(texts.teams[side.team])
  const state = `${texts.hulls[side.hull].name} · ${texts.specials[side.special].name} · ${livery}`
  return (
    <details class="fold">
      <summary>
        <span class="fold-title">{texts.ship.title}</span>
        <ShipIcon color={side.color} hull={side.hull} />
        <span class="fold-state">{state}</span>
      </summary>
      <div class="fold-body">
        <ArmChoice
          legend={texts.ship.hull}
          name="hull"
          names={HULL_NAMES}
          told={texts.hulls}
          wanted={me.choice.wantedHull}
          choose={(wantedHull) => choose({ wantedHull })}
        />
        <ArmChoice
          legend={texts.ship.special}
          name="special"
          names={SPECIAL_NAMES}
          told={texts.specials}
          wanted={me.choice.wantedSpecial}
          choose={(wantedSpecial) => choose({ wantedSpecial })}
        />
        {teams ? (
          <TeamChoice wanted={me.choice.wantedTeam} choose={(wantedTeam) => choose({ wantedTeam })} />
        ) : (
          <ColorChoice
            hull={side.hull}
            wanted={me.choice.wantedColor}
            taken={pilotsOf(roster)
              .filter((member) => !member.mine)
              .map(({ choice }) => choice.wantedColor)}
            choose={(wantedColor) => choose({ wantedColor })}
          />
        )}
        <p class="complaint" role="alert">
          {refused && (refused === 'not-allowed' ? texts.ship.taken : texts.refusals[refused])}
        </p>
      </div>
    </details>
  )
}

interface ArmProps<Name extends string> {
  legend: string
  /** Of the group of switches. */
  name: string
  names: readonly Name[]
  told: Readonly<Record<Name, Told>>
  wanted: Name | 'any'
  choose(wanted: Name | 'any'): void
}

function ArmChoice<Name extends string>({ legend, name, names, told, wanted, choose }: ArmProps<Name>) {
  return (
    <fieldset class="segments">
      <legend>
        {legend}
        {wanted !== 'any' && `: ${told[wanted].hint}`}
      </legend>
      {names.map((each) => (
        <label key={each} title={told[each].hint}>
          <input type="radio" name={name} checked={wanted === each} onChange={() => choose(each)} />
          <span>{told[each].name}</span>
        </label>
      ))}
      <label>
        <input type="radio" name={name} checked={wanted === 'any'} onChange={() => choose('any')} />
        <span>{texts.ship.any}</span>
      </label>
    </fieldset>
  )
}

interface ColorProps {
  hull: HullName
  wanted: number
  /** What the others asked for. */
  taken: readonly number[]
  choose(wanted: number): void
}

function ColorChoice({ hull, wanted, taken, choose }: ColorProps) {
  return (
    <fieldset class="liveries">
      <legend>{texts.ship.color}</legend>
      {liveries.map(({ name }, color) => (
        <label key={name} title={texts.liveries[name]}>
          <input
            type="radio"
            name="livery"
            aria-label={texts.liveries[name]}
            checked={wanted === color + 1}
            disabled={taken.includes(color + 1)}
            onChange={() => choose(color + 1)}
          />
          <ShipIcon color={color} hull={hull} />
        </label>
      ))}
      <label class="any">
        <input type="radio" name="livery" checked={wanted === ANY_COLOR} onChange={() => choose(ANY_COLOR)} />
        <span>{texts.ship.anyColor}</span>
      </label>
    </fieldset>
  )
}

function TeamChoice({ wanted, choose }: { wanted: Team | 'any'; choose(wanted: Team | 'any'): void }) {
  return (
    <fieldset class="segments">
      <legend>{texts.ship.teamLegend}</legend>
      {TEAMS.map((team) => (
        <label key={team}>
          <input type="radio" name="team" checked={wanted === team} onChange={() => choose(team)} />
          <span>
            <span aria-hidden="true" style={{ color: liveryOf(colorOfTeam(team)).color }}>
              {teamMarks[team]}
            </span>{' '}
            {texts.teams[team]}
          </span>
        </label>
      ))}
      <label>
        <input type="radio" name="team" checked={wanted === 'any'} onChange={() => choose('any')} />
        <span>{texts.ship.anyTeam}</span>
      </label>
    </fieldset>
  )
}
