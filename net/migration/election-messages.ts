/** What the members of an election say to each other, what an election asks of its page, and what it refuses. Types only. */
import type { Voter } from './electorate.ts'

export type ElectionMessage =
  /** An heir wants to be the host of this epoch. `roster`: the version of the voters that it counts. */
  | { readonly type: 'claim'; readonly epoch: number; readonly roster: number }
  /** To the heir: it has this voter's vote, who takes nothing from a lower epoch any more. */
  | { readonly type: 'vote'; readonly epoch: number }
  /** To the heir: no vote. The host is heard here, or this voter knows newer voters. */
  | { readonly type: 'lives'; readonly epoch: number }
  /** From the heir: this claim is over and never wins. */
  | { readonly type: 'withdrawn'; readonly epoch: number }
  /** This page is the host of this epoch. Said by the host, and by all who meet a page of a lower epoch. `fork`: of its own accord. */
  | { readonly type: 'hosting'; readonly epoch: number; readonly host: Voter; readonly fork: boolean }
  /** To a host: somebody claims to have replaced it. */
  | { readonly type: 'claimed'; readonly epoch: number; readonly by: Voter }
  /** To a host that is heard again: this voter has voted for another, who is silent. The host may ask for votes anew. */
  | { readonly type: 'promised'; readonly epoch: number }

export type ElectionAction =
  | { readonly do: 'send'; readonly to: Voter; readonly message: ElectionMessage }
  /** Ask signalling for its vote. Answer by `claimAnswered`. Whoever wins tells it that they host; that is no matter of votes. */
  | { readonly do: 'ask signalling to vote'; readonly epoch: number }
  /** A claim that has signalling's vote is over. */
  | { readonly do: 'give back'; readonly epoch: number }
  /** As a host: ask signalling whether it knows a higher epoch. Answer by `epochAnswered` or `reservedElsewhere`, or by nothing. */
  | { readonly do: 'ask for epoch' }
  /** This page is the host. `fork`: the player chose to play on without the others. */
  | { readonly do: 'host'; readonly epoch: number; readonly fork: boolean }
  /** Another page is the host. Who hosted here stops at once, and comes back as a guest. */
  | { readonly do: 'follow'; readonly epoch: number; readonly host: Voter }
  /** As a host: tick no more, until `resume`. */
  | { readonly do: 'pause' }
  | { readonly do: 'resume' }
  /** As a host: signalling knows a host of a higher epoch. */
  | { readonly do: 'stop'; readonly epoch: number }

/** What was refused, and why. */
export type ElectionRefusal = 'no voter' | 'no heir' | 'epoch' | 'promised' | 'roster' | 'host lives' | 'not hosting'
