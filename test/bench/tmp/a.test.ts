import { it } from 'vitest'
import { recordTrace } from '../trace/record.ts'
import { arenaStatistics } from '../worlds/arena-statistics.ts'
it('x', () => {
  const all: number[] = []
  const f = (n: any, s: number) => { const st = arenaStatistics(recordTrace(n, s, 30)); all.push(st.hits)
    if (n !== 'S' || st.hits === 3) console.log(n, s, Object.entries(st).map(([k,v])=>`${k.slice(0,6)} ${v.toFixed(2)}`).join('  ')) }
  for (let s = 1; s <= 100; s++) f('S', s)
  console.log('S hits', all.sort((a, b) => a - b).join(' '))
  for (const s of [1,2,3]) f('M', s)
  for (const s of [1,2]) f('L', s)
}, 100000)
