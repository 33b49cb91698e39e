/** Bots in empty seats: as many as the host set, gone when people come, and kept by whoever hosts next. */
import { describe, expect, it } from 'vitest'
import { keepCrew } from '../../../src/lobby/crew.ts'
import { FakeLobby } from '../../browser/fixtures/page/fake-doors.ts'

function opened(botsUpTo: number, hosting = true): FakeLobby {
  const lobby = new FakeLobby('K7M2P', 'Vega', hosting)
  lobby.set({ botsUpTo })
  keepCrew(lobby)
  return lobby
}

const names = ({ roster }: FakeLobby): string[] => roster.map(({ name }) => name)

describe('the crew', () => {
  it('is filled up with bots, which give way one by one as people come, and come back as people leave', () => {
    const lobby = opened(4)
    expect(names(lobby)).toEqual(['Vega', 'Rigel', 'Mira', 'Spica'])
    const bea = lobby.add('Bea')
    expect(names(lobby)).toEqual(['Vega', 'Rigel', 'Mira', 'Bea'])
    for (const name of ['Cleo', 'Dan', 'Eve']) lobby.add(name)
    expect(names(lobby)).toEqual(['Vega', 'Bea', 'Cleo', 'Dan', 'Eve'])
    lobby.kick(bea)
    expect(names(lobby)).toEqual(['Vega', 'Cleo', 'Dan', 'Eve'])
    lobby.kick(lobby.roster[3]!.id)
    expect(names(lobby)).toEqual(['Vega', 'Cleo', 'Dan', 'Rigel'])
  })

  it('does not count who only watches, and never exceeds the seats', () => {
    const lobby = opened(3)
    lobby.add('Bea', { spectator: true })
    expect(names(lobby)).toEqual(['Vega', 'Rigel', 'Mira', 'Bea'])
    lobby.maxPlayers = 5
    lobby.set({ botsUpTo: 16 })
    expect(lobby.roster.length).toBe(5)
  })

  it('follows number and skill as the host changes them, and goes when the host wants none', () => {
    const lobby = opened(4)
    const skills = (): (number | undefined)[] => lobby.roster.slice(1).map(({ bot }) => bot?.skill)
    expect(skills()).toEqual([0.6, 0.6, 0.6])
    lobby.set({ botSkill: 'hard' })
    expect(skills()).toEqual([1, 1, 1])
    lobby.set({ botsUpTo: 2 })
    expect(skills()).toEqual([1])
    lobby.set({ botsUpTo: 0 })
    expect(names(lobby)).toEqual(['Vega'])
  })

  it('leaves alone the bots that the host added one by one', () => {
    const lobby = opened(0)
    for (let i = 0; i < 3; i++) lobby.addBot('ace', { name: `Bot ${i}` })
    lobby.add('Bea')
    lobby.set({ goal: 500 })
    expect(lobby.roster.length).toBe(5)
  })

  it('is no guest’s to keep, until their page hosts', () => {
    const lobby = opened(4, false)
    expect(names(lobby)).toEqual(['Altair', 'Vega'])
    lobby.hosting = true
    lobby.kick(lobby.roster[0]!.id)
    expect(names(lobby)).toEqual(['Vega', 'Rigel', 'Mira', 'Spica'])
  })
})
