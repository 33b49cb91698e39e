/** For each cause of a failed connection one plain sentence: what was seen, and what to do. */

export const connectionSentences = {
  'no-network': 'This device has no network at the moment. Connect it, then try again.',
  'websocket-blocked':
    'The server answers, but not over WebSocket: a proxy, a firewall or an extension blocks that. Allow WebSockets to this page, or use another network.',
  'server-unreachable': 'The lobby server does not answer at all. Check the network, or ask whoever runs the page.',
  'no-webrtc': 'This browser makes no WebRTC connections: an extension, a setting or a policy has turned them off.',
  'no-interface':
    'The browser found no network interface to connect with: a setting or an extension hides all of them, or only a VPN without a route is up.',
  'turn-refused':
    'The TURN server refused the credentials: the secret of the lobby server and of the TURN server differ, or a clock there is wrong. Tell whoever runs the page.',
  'turn-unreachable': 'The TURN server did not answer from here. A firewall may block it, or it is down.',
  'udp-blocked':
    'No answer came over UDP: the network lets only web traffic out. A game can still go through TURN over TCP or the relay.',
  'mdns-unresolved':
    'The other side hides its addresses behind names that could not be resolved here. Both devices must be in one network that lets multicast pass, or the page needs STUN or TURN.',
  'other-side-empty': 'The host’s page told no way to reach it. Its network may be away.',
  'no-turn': 'The page has no TURN server, which networks like this one need. Whoever runs the page can add one.',
  'no-relay': 'The lobby server relays nothing, or had no room for another relay.',
  'relay-failed': 'The relay through the lobby server broke, or the host did not come to it.',
  'clock-wrong':
    'This device’s clock is wrong by hours. Certificates and tickets may be refused; set it by the network.',
} as const
