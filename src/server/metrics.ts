/**
 * What an operator's Prometheus reads: counts of this process, without addresses, codes or names. It is served on a port of
 * its own, which no page should reach.
 */
import { createServer, type Server } from 'node:http'
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { SignalingServer, SignalingStats } from 'starwire/server'

type Source = Pick<SignalingServer, 'stats' | 'isReady'>

/** Counts that only rise, each by one label. */
const counters: Record<string, { help: string; label: string; read(stats: SignalingStats): Record<string, number> }> = {
  starwire_events_total: {
    help: 'What happened to lobbies: created, taken back by their hosts, taken over by heirs, guests admitted.',
    label: 'event',
    read: ({ events }) => events,
  },
  starwire_errors_total: {
    help: 'Errors that pages were told.',
    label: 'code',
    read: ({ errors }) => errors,
  },
  starwire_sockets_cut_total: {
    help: 'Sockets cut: reading too slowly, silent, flooding; or giving way to another of their address.',
    label: 'why',
    read: ({ cut, gaveWay }) => ({ ...cut, 'gave-way': gaveWay }),
  },
  starwire_turned_away_total: {
    help: 'Connections refused before they were sockets.',
    label: 'why',
    read: ({ turnedAway }) => turnedAway,
  },
  starwire_listings_refused_total: {
    help: 'Lobbies that were not listed.',
    label: 'why',
    read: ({ listingsRefused }) => listingsRefused,
  },
  starwire_relay_total: {
    help: 'What the relay of this process carried, and how often it slowed a sender down. Between two processes both count.',
    label: 'what',
    read: ({ relay }) => (relay ? { messages: relay.messages, bytes: relay.bytes, slowed: relay.slowed } : {}),
  },
  starwire_relay_refused_total: {
    help: 'Sockets that the relay refused or ended.',
    label: 'why',
    read: ({ relay }) => relay?.refused ?? {},
  },
}

export function createMetrics(source: Source): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  for (const [name, { help, label, read }] of Object.entries(counters)) {
    new Counter({
      ...{ name, help, labelNames: [label], registers: [registry] },
      collect() {
        this.reset()
        for (const [value, count] of Object.entries(read(source.stats()))) this.inc({ [label]: value }, count)
      },
    })
  }
  new Gauge({
    ...{
      name: 'starwire_sockets',
      help: 'Open sockets by what they are for.',
      labelNames: ['role'],
      registers: [registry],
    },
    collect() {
      const { sockets, hosts, guests, heirs, finders } = source.stats()
      const roles = { host: hosts, guest: guests, heir: heirs, finder: finders }
      const others = sockets - hosts - guests - heirs - finders
      for (const [role, count] of Object.entries({ ...roles, none: others })) this.set({ role }, count)
    },
  })
  new Gauge({
    ...{
      name: 'starwire_relay',
      help: 'Pairs of pages that meet at this process, and sockets that it carries to other processes.',
      labelNames: ['what'],
      registers: [registry],
    },
    collect() {
      const { pairs = 0, forwarded = 0 } = source.stats().relay ?? {}
      for (const [what, count] of Object.entries({ pairs, forwarded })) this.set({ what }, count)
    },
  })
  new Gauge({
    ...{ name: 'starwire_listed_lobbies', help: 'Lobbies of this process in the public list.', registers: [registry] },
    collect() {
      this.set(source.stats().listed)
    },
  })
  new Gauge({
    ...{
      name: 'starwire_ready',
      help: '1 while this process takes pages and its store answers.',
      registers: [registry],
    },
    async collect() {
      this.set((await source.isReady()) ? 1 : 0)
    },
  })
  return registry
}

/** Serves `GET /metrics` on a port of its own. */
export function serveMetrics(registry: Registry, { port, host }: { port: number; host: string }): Server {
  const server = createServer(async (request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.writeHead(404).end()
      return
    }
    try {
      const text = await registry.metrics()
      response.writeHead(200, { 'Content-Type': registry.contentType }).end(text)
    } catch {
      response.writeHead(500).end()
    }
  })
  server.listen(port, host)
  return server
}
