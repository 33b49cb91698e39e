// The rooms of the house and which way their arrows point: a room imports only from rooms below it.
// `net/` is listed from the top down; game/ and src/ stand above it and use it through its package faces only.
const rooms = [
  'node',
  'build',
  'testing',
  'lobby',
  'media',
  'runtime',
  'records',
  'star',
  'signaling',
  'files',
  'transport',
  'migration',
  'session',
  'bots',
  'prediction',
  'replication',
  'congestion',
  'clock',
  'errors',
  'platform',
  'wire',
  'world',
]
/** The rooms of the page, from the top down. What stands in src/ itself opens them, and is above all. */
const pageRooms = [
  'screens',
  'debug',
  'visit',
  'match',
  'lobby',
  'files',
  'hand-on',
  'call',
  'options',
  'words',
  'doors',
  'parts',
  'styles',
]
/** What runs the same in a tab, a worker, Node and virtual time. */
const core = [
  'records',
  'migration',
  'session',
  'bots',
  'prediction',
  'replication',
  'congestion',
  'clock',
  'wire',
  'world',
]

const upward = rooms.map((room, i) => ({
  name: `${room}-imports-only-from-below`,
  comment: `net/${room} may import from ${rooms.slice(i + 1).join(', ') || 'no other room'}.`,
  severity: 'error',
  from: { path: `^net/${room}/` },
  to: { path: '^(net|game|src|test)/', pathNot: `^net/(${rooms.slice(i).join('|')})/` },
}))

const upwardInPage = pageRooms.map((room, i) => ({
  name: `page-${room}-imports-only-from-below`,
  comment: `src/${room} may import from ${pageRooms.slice(i + 1).join(', ') || 'no other room'}.`,
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: { path: '^src/', pathNot: `^src/(${pageRooms.slice(i).join('|')})/` },
}))

module.exports = {
  forbidden: [
    ...upward,
    ...upwardInPage,
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'core-is-sans-io',
      comment: 'The core rooms import no platform: no Node module, no DOM or WebRTC package.',
      severity: 'error',
      from: { path: `^net/(${core.join('|')})/` },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-peer'], pathNot: 'node_modules/msgpackr' },
    },
    {
      name: 'core-knows-no-page',
      comment: 'The core rooms do not know what the page gives, nor the errors that people are shown.',
      severity: 'error',
      from: { path: `^net/(${core.join('|')})/` },
      to: { path: '^net/(platform|errors)/' },
    },
    {
      name: 'simple-peer-stays-in-one-file',
      severity: 'error',
      from: { path: '^(net|game|src)/', pathNot: '^net/transport/simple-peer' },
      to: { path: 'node_modules/(@types/)?simple-peer' },
    },
    {
      name: 'node-datachannel-stays-in-its-room',
      severity: 'error',
      from: { path: '^(net|game|src)/', pathNot: '^net/node/native-' },
      to: { path: 'node_modules/node-datachannel' },
    },
    {
      name: 'node-only-in-servers',
      comment: 'What runs in a page imports no Node module.',
      severity: 'error',
      from: {
        path: '^(net|game|src)/',
        pathNot:
          '^(net/signaling/server/|net/server\\.ts|net/redis\\.ts|net/vite\\.ts|net/build/|net/node/|net/cli\\.ts|src/server/|src/server\\.ts)',
      },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'net-knows-no-game',
      severity: 'error',
      from: { path: '^net/' },
      to: { path: '^(game|src|test)/' },
    },
    {
      name: 'rules-are-pure',
      comment: 'Dogstar’s rules import starwire’s face and each other: no Phaser, no DOM, no net internals.',
      severity: 'error',
      from: { path: '^game/rules/' },
      to: { pathNot: '^(game/rules/|net/index\\.ts$)' },
    },
    {
      name: 'outside-uses-the-faces',
      comment: 'game/ and src/ use the package as anybody would: through its exports.',
      severity: 'error',
      from: { path: '^(game|src)/' },
      to: { path: '^net/.+/' },
    },
    { name: 'game-knows-no-page', severity: 'error', from: { path: '^game/' }, to: { path: '^src/' } },
    {
      name: 'phaser-only-where-it-draws',
      severity: 'error',
      from: { path: '^(net|src)/', pathNot: '^net/phaser\\.ts$' },
      to: { path: 'node_modules/phaser' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
}
