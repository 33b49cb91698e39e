/** Whether this machine can have a lab: its system, its rights, its programs, which are installed where apt is. */
import { spawnSync } from 'node:child_process'

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
