/**
 * A small internet of network namespaces on one Linux machine, for root. `sw-net` is its middle: it routes, and the STUN and TURN
 * server and the signalling server run in it. Each host stands in a namespace of its own behind a router in another one.
 * Everything is named `sw-…`, and removed when the lab begins and when it ends, also after a crash. One lab at a time.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Place } from './places.ts'

/** The servers of the lab, by name and by address. The second address of TURN is what STUN needs to tell kinds of NAT apart. */
export const SERVERS = {
  turn: { name: 'turn.sw.test', addresses: ['198.51.100.1', '198.51.100.3', '2001:db8:0:1::1'] },
  signaling: { name: 'play.sw.test', addresses: ['198.51.100.2', '2001:db8:0:1::2'] },
} as const

export const STUN_PORT = 3478
export const SIGNALING_PORT = 443
/** The same signalling server without its relay: there a join takes another route or none. */
export const NO_RELAY_PORT = 444
export type SignalingPort = typeof SIGNALING_PORT | typeof NO_RELAY_PORT
/** Where peers find the signalling server, and browsers the page: without TLS, as the lab has no certificates, and WebRTC needs none. */
export const signalingUrl = (port: SignalingPort): string => `ws://${SERVERS.signaling.name}:${port}/starwire`
export const pageOrigin = (port: SignalingPort): string => `http://${SERVERS.signaling.name}:${port}`
/** Shared by the signalling server and coturn, as an operator sets it. */
export const TURN_SECRET = 'a secret of the lab, long enough'

/** The namespace in the middle. */
export const MIDDLE = 'sw-net'

/** Whoever runs a lab keeps its process id here. */
const LOCK = '/run/starwire-lab.pid'
/** What `ip netns exec` lays over /etc for a namespace: names of the lab's servers. */
const OVERLAYS = '/etc/netns'

/** Why this machine can have no lab, in a sentence; null: it can. */
export function whyNoLab(): string | null {
  if (process.platform !== 'linux') return 'The lab needs Linux: it is made of network namespaces.'
  if (process.getuid?.() !== 0) return 'The lab needs root: it makes network namespaces.'
  for (const [command, pack] of [
    ['ip', 'iproute2'],
    ['nft', 'nftables'],
    ['turnserver', 'coturn'],
  ] as const) {
    if (!installed(command, pack)) return `The lab needs ${command}. Run: apt-get install ${pack}`
  }
  const probe =
    'ip netns add sw-probe && ip netns exec sw-probe nft add table ip probe; rc=$?; ip netns del sw-probe; exit $rc'
  const { status, stderr } = spawnSync('sh', ['-c', probe], { encoding: 'utf8' })
  return status === 0 ? null : `This machine allows no network namespaces: ${stderr.trim()}`
}

/** Whether the command is there, after an attempt to install it where apt is. */
function installed(command: string, pack: string): boolean {
  const found = (): boolean => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0
  if (found()) return true
  if (spawnSync('apt-get', ['--version']).status !== 0) return false
  console.error(`No ${command} found: installing ${pack} with apt (once; some seconds) …`)
  // Only the program: no service that is started with the machine.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  spawnSync('apt-get', ['update', '-qq'], { env })
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', pack], { env })
  return found()
}

/** A host of the lab: a machine of its own at a place. */
export interface LabHost {
  readonly place: Place
  readonly namespace: string
  readonly number: number
  /** As others see it. */
  readonly address: string
}

/** Another interface of a host, which is down at first, and the router behind it. */
export interface SecondWay {
  readonly device: string
  readonly gateway: string
}

export class Internet {
  readonly #hasLines: boolean
  readonly #children: ChildProcess[] = []
  readonly #onExit = (): void => this.close()
  #hosts = 0

  /**
   * `hasLines`: packets between a host and anything else are led through the device of {@link openLines}, and are lost before it is there.
   * @throws Error when another lab runs, or when a command of the system fails.
   */
  constructor(hasLines = false) {
    this.#hasLines = hasLines
    takeLock()
    removeAll()
    process.on('exit', this.#onExit)
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1))
    shell(middleScript())
    overlay(MIDDLE)
  }

  /** Adds a host at this place, behind a router of its own. */
  add(place: Place): LabHost {
    const number = ++this.#hosts
    const namespace = `sw-${number}`
    shell(hostScript(place, number, this.#hasLines))
    overlay(namespace)
    return { place, namespace, number, address: outerAddress(place, number) }
  }

  /** Gives a host a second way out, by `eth1` and a router of its own: not in use before somebody sets it up. */
  addSecondWay(host: LabHost): SecondWay {
    const number = ++this.#hosts
    shell(routerScript(host.place, number, { host: host.namespace, device: 'eth1' }, this.#hasLines))
    return { device: 'eth1', gateway: bare(addressesOf(host.place, number).home) }
  }

  /** Runs a program in a namespace. It ends with the lab at the latest. */
  spawn(namespace: string, command: string, ...args: string[]): ChildProcess {
    const child = spawn('ip', ['netns', 'exec', namespace, command, ...args], { stdio: ['pipe', 'pipe', 'pipe'] })
    this.#children.push(child)
    return child
  }

  /**
   * Runs a program in the middle that holds the TUN device of the lines, as file descriptor 3. Call `linesAreOpen` when it reads. It is the
   * network, so it goes before all that the machine does besides: else a busy machine would be a slow line.
   */
  openLines(command: string, ...args: string[]): ChildProcess {
    return this.spawn(MIDDLE, 'perl', '-e', OPEN_TUN, 'nice', '-n', '-15', command, ...args)
  }

  linesAreOpen(): void {
    shell(linesScript)
  }

  /** Ends what runs inside and removes all of it. */
  close(): void {
    process.off('exit', this.#onExit)
    for (const child of this.#children) child.kill('SIGKILL')
    removeAll()
    rmSync(LOCK, { force: true })
  }

  [Symbol.dispose](): void {
    this.close()
  }
}

/** @throws Error when the process that runs another lab is alive. */
function takeLock(): void {
  try {
    writeFileSync(LOCK, String(process.pid), { flag: 'wx' })
  } catch {
    const holder = Number(readFileSync(LOCK, 'utf8'))
    if (holder !== process.pid && isAlive(holder))
      throw new Error(`Another lab runs on this machine, in process ${holder}.`)
    writeFileSync(LOCK, String(process.pid))
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Also what a lab left behind that was killed. */
function removeAll(): void {
  const listed = spawnSync('ip', ['netns', 'list'], { encoding: 'utf8' }).stdout ?? ''
  const namespaces = listed.split('\n').flatMap((line) => /^sw-(net|\d+|\d+-router)(?= |$)/.exec(line)?.[0] ?? [])
  for (const namespace of namespaces) {
    const inside = spawnSync('ip', ['netns', 'pids', namespace], { encoding: 'utf8' }).stdout ?? ''
    for (const pid of inside.split('\n').filter(Boolean)) kill(Number(pid))
    spawnSync('ip', ['netns', 'del', namespace])
  }
  let overlays: string[] = []
  try {
    overlays = readdirSync(OVERLAYS)
  } catch {
    // There were none.
  }
  for (const name of overlays) {
    if (/^sw-(net|\d+)$/.test(name)) rmSync(join(OVERLAYS, name), { recursive: true, force: true })
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}

/** Names in this namespace: both families, as a resolver answers everybody. */
function overlay(namespace: string): void {
  const folder = join(OVERLAYS, namespace)
  mkdirSync(folder, { recursive: true })
  const names = Object.values(SERVERS).flatMap(({ name, addresses }) =>
    // With a point at its end, too: so a browser looks for the servers of WebRTC.
    addresses.map((address) => `${address} ${name} ${name}.`),
  )
  // The second IPv4 address of the TURN server has no name.
  const hosts = names.filter((line) => !line.startsWith(SERVERS.turn.addresses[1]))
  writeFileSync(join(folder, 'hosts'), ['127.0.0.1 localhost', '::1 localhost', ...hosts, ''].join('\n'))
  // Nobody answers there, and says so at once: a browser that asks the machine's own resolver waits for half a minute.
  writeFileSync(join(folder, 'resolv.conf'), 'nameserver 127.0.0.1\n')
}

/** @throws Error with what the failing command said. */
export function shell(script: string): void {
  const { status, stderr } = spawnSync('sh', ['-e'], { input: script, encoding: 'utf8' })
  if (status !== 0) throw new Error(`The lab cannot be built: ${stderr.trim()}`)
}

const router = (namespace: string): string => `
ip netns add ${namespace}
ip -n ${namespace} link set lo up
ip netns exec ${namespace} sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
`

/**
 * Where packets to addresses go that nobody has: they are lost, as on the internet. Without a route the sender would hear at once, and
 * coturn ends an allocation whose socket has heard such a thing.
 */
const VOID = `ip -n ${MIDDLE} link add void type veth peer name void-end
ip -n ${MIDDLE} link set void up
ip -n ${MIDDLE} link set void-end up
ip -n ${MIDDLE} neigh add 203.0.113.254 lladdr 02:00:00:00:00:01 dev void nud permanent
ip -n ${MIDDLE} neigh add fe80::254 lladdr 02:00:00:00:00:01 dev void nud permanent
ip -n ${MIDDLE} route add default via 203.0.113.254 dev void onlink
ip -n ${MIDDLE} route add default via fe80::254 dev void onlink`

function middleScript(): string {
  const all = [...SERVERS.turn.addresses, ...SERVERS.signaling.addresses]
  return `${router(MIDDLE)}
${all.map((address) => `ip -n ${MIDDLE} addr add ${address} dev lo${address.includes(':') ? ' nodad' : ''}`).join('\n')}
${VOID}
`
}

/** The TUN device of the lines, in the middle. */
const LINES = 'lines'

/** Perl is on every Linux, and Node knows no ioctl: opens the device (TUNSETIFF with IFF_TUN, IFF_NO_PI), and becomes the program. */
const OPEN_TUN = `$^F = 3; sysopen(T, "/dev/net/tun", 2) or die "no TUN device: $!"; $r = pack("a16sx22", "${LINES}", 0x1001); ioctl(T, 0x400454ca, $r) or die "no TUN device: $!"; exec @ARGV`

/**
 * Whatever comes from a host, or goes to one, is led into the lines. What comes out of them goes where it goes. The second of these rules
 * stands for what the servers say among themselves. A socket must not be found before the delay, so the kernel looks for none early.
 */
const linesScript = `ip -n ${MIDDLE} link set ${LINES} up
ip netns exec ${MIDDLE} sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 net.ipv4.conf.${LINES}.rp_filter=0 net.ipv4.conf.${LINES}.accept_local=1 net.ipv4.ip_early_demux=0
for family in -4 -6; do
  test $family = -4 && all=0.0.0.0/0 servers=198.51.100.0/24 || { all=2000::/3; servers=2001:db8:0:1::/64; }
  ip -n ${MIDDLE} $family route add $all dev ${LINES} table 100
  ip -n ${MIDDLE} $family rule add pref 1 iif ${LINES} lookup local
  ip -n ${MIDDLE} $family rule add pref 2 iif ${LINES} lookup main
  ip -n ${MIDDLE} $family rule add pref 3 iif lo to $servers lookup local
  test $family = -4 && ip -n ${MIDDLE} rule add pref 3 to 127.0.0.0/8 lookup local
  ip -n ${MIDDLE} $family rule add pref 4 to $all lookup 100
  ip -n ${MIDDLE} $family rule add pref 5 lookup local
  ip -n ${MIDDLE} $family rule del pref 0
done`

/** Addresses of host number `n`: those of its router outside, and its own. A /24 and a /64 for each place. */
export function addressesOf({ family, router }: Place, n: number) {
  if (family === 6) {
    const net = `2001:db8:${n.toString(16)}`
    return { outer: `${net}:1::2/64`, gateway: `${net}:1::1/64`, inner: `${net}:2::2/64`, home: `${net}:2::1/64` }
  }
  const isPrivate = router !== 'none' && router !== 'stateful'
  // 64 nets of four addresses in each /24. 203.0.113.0/24 is left to the void.
  const net = `203.0.${114 + Math.floor(n / 64)}`
  const own = isPrivate ? `10.0.${n}` : `198.18.${n}`
  return {
    outer: `${net}.${4 * (n % 64) + 2}/30`,
    gateway: `${net}.${4 * (n % 64) + 1}/30`,
    inner: `${own}.2/24`,
    home: `${own}.1/24`,
  }
}

/** As others see a host. IPv6 in the form that `lines.ts` has. */
function outerAddress(place: Place, n: number): string {
  const { outer, inner } = addressesOf(place, n)
  const isPublic = place.router === 'none' || place.router === 'stateful'
  return (isPublic ? inner : outer).replace(/\/.*/, '').replace('::', ':0:0:0:')
}

const bare = (address: string): string => address.replace(/\/.*/, '')

function hostScript(place: Place, n: number, hasLines: boolean): string {
  const host = `sw-${n}`
  return `ip netns add ${host}
ip -n ${host} link set lo up
${routerScript(place, n, { host, device: 'eth0' }, hasLines)}
ip -n ${host} link set eth0 up
ip -n ${host} route add default via ${bare(addressesOf(place, n).home)}
${place.deadInterface ? deadInterface(host) : ''}
`
}

/** A router between the middle and an interface of a host, which has an address and is down. */
function routerScript(
  place: Place,
  n: number,
  { host, device }: { host: string; device: string },
  hasLines: boolean,
): string {
  const gate = `sw-${n}-router`
  const { outer, gateway, inner, home } = addressesOf(place, n)
  const flags = place.family === 6 ? ' nodad' : ''
  const isPublic = place.router === 'none' || place.router === 'stateful'
  return `${router(gate)}
ip link add sw-w${n} netns ${MIDDLE} type veth peer name wan netns ${gate}
ip link add lan netns ${gate} type veth peer name ${device} netns ${host}
ip -n ${MIDDLE} addr add ${gateway} dev sw-w${n}${flags}
ip -n ${gate} addr add ${outer} dev wan${flags}
ip -n ${gate} addr add ${home} dev lan${flags}
ip -n ${host} addr add ${inner} dev ${device}${flags}
ip -n ${MIDDLE} link set sw-w${n} up
ip -n ${gate} link set wan up
ip -n ${gate} link set lan up
ip -n ${gate} route add default via ${bare(gateway)}
${isPublic ? `ip -n ${MIDDLE} route add ${inner.replace(/2\/(\d+)$/, '0/$1').replace('::0/', '::/')} via ${bare(outer)} dev sw-w${n}` : ''}
${hasLines ? `ip -n ${MIDDLE} ${place.family === 6 ? '-6' : '-4'} rule add pref 2 to ${bare(gateway)} lookup local` : ''}
${narrowLine(place, n)}
ip netns exec ${gate} nft -f - <<'RULES'
${rules(place, bare(inner))}
RULES
`
}

/** Both directions at once: a queue of 300 ms stands before each, as in a cheap router. */
function narrowLine({ narrow }: Place, n: number): string {
  if (!narrow) return ''
  const queue = (kilobits: number): string => `root tbf rate ${kilobits}kbit burst 4kb latency 300ms`
  return `tc -n sw-${n}-router qdisc add dev wan ${queue(narrow.upKilobits)}
tc -n ${MIDDLE} qdisc add dev sw-w${n} ${queue(narrow.downKilobits)}`
}

/** It is up and has an address; what is sent there is lost. */
function deadInterface(host: string): string {
  return `ip link add vpn0 netns ${host} type veth peer name vpn netns ${host}-router
ip -n ${host}-router link set vpn up
ip -n ${host} addr add 10.99.0.2/24 dev vpn0
ip -n ${host} link set vpn0 up`
}

function rules({ router, onlyWeb }: Place, inner: string): string {
  const keepsOut = router !== 'none' && router !== 'full-cone'
  const translates = { none: '', stateful: '', 'full-cone': 'masquerade', 'port-restricted': 'masquerade' } as const
  const translation = router === 'symmetric' ? 'masquerade random,fully-random' : translates[router]
  // A packet that reached the router itself would take the port which the host is about to be given: a router drops it.
  return `
table inet filter {
  chain input { type filter hook input priority filter; iifname "wan" ct state new meta l4proto { tcp, udp } drop; }
  chain forward {
    type filter hook forward priority filter;
    ${keepsOut ? 'iifname "wan" ct state new drop' : ''}
    ${onlyWeb ? 'iifname "lan" meta l4proto icmp drop; iifname "lan" tcp dport != 443 drop; iifname "lan" meta l4proto udp drop' : ''}
  }
}
${
  translation === ''
    ? ''
    : `table ip nat {
  chain postrouting { type nat hook postrouting priority srcnat; oifname "wan" ${translation}; }
  ${router === 'full-cone' ? `chain prerouting { type nat hook prerouting priority dstnat; iifname "wan" udp dport 1024-65535 dnat to ${inner}; }` : ''}
}`
}`
}
