/** Keeps every connection that the page opens, so that it can be asked for its statistics. */

export const connections: RTCPeerConnection[] = []

globalThis.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(configuration?: RTCConfiguration) {
    super(configuration)
    connections.push(this)
  }
}

/** Bytes and packets or messages since the connection opened. */
export interface Flow {
  readonly bytes: number
  readonly count: number
}

export interface ConnectionCounts {
  /** Payload and messages of all data channels. */
  readonly channels: { readonly sent: Flow; readonly received: Flow }
  /** What went through ICE: DTLS records, without the heads of IP and UDP. */
  readonly transport: { readonly sent: Flow; readonly received: Flow }
  /** The same as the candidate pair in use counts it, where the browser does. */
  readonly pair: { readonly sent: Flow; readonly received: Flow }
}

/** What all connections that are up have counted, in the order in which they were opened. */
export async function countConnections(): Promise<ConnectionCounts[]> {
  const open = connections.filter(({ connectionState }) => connectionState === 'connected')
  return Promise.all(open.map(async (connection) => countsOf(await connection.getStats())))
}

function countsOf(report: RTCStatsReport): ConnectionCounts {
  const all = [...report.values()] as (RTCStats & Record<string, unknown>)[]
  const number = (value: unknown): number => (typeof value === 'number' ? value : 0)
  const sum = (of: readonly Record<string, unknown>[], what: string): number =>
    of.reduce((total, one) => total + number(one[what]), 0)
  const flows = (of: readonly Record<string, unknown>[], unit: 'messages' | 'packets') => ({
    sent: { bytes: sum(of, 'bytesSent'), count: sum(of, `${unit}Sent`) },
    received: { bytes: sum(of, 'bytesReceived'), count: sum(of, `${unit}Received`) },
  })
  const transports = all.filter(({ type }) => type === 'transport')
  const chosen = new Set(transports.map(({ selectedCandidatePairId }) => selectedCandidatePairId))
  return {
    channels: flows(
      all.filter(({ type }) => type === 'data-channel'),
      'messages',
    ),
    transport: flows(transports, 'packets'),
    pair: flows(
      all.filter(({ id }) => chosen.has(id)),
      'packets',
    ),
  }
}
