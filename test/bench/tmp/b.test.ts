import { it } from 'vitest'
import { recordTrace } from '../trace/record.ts'
import { snapshotSeries } from '../rivals/snapshots.ts'
import { json } from '../rivals/json.ts'
import { msgpackArrays, msgpackMaps } from '../rivals/msgpack.ts'
import { colyseusQuantized } from '../rivals/colyseus-quantized.ts'
import { colyseusReckoning } from '../rivals/colyseus-reckoning.ts'
it('x', () => {
  for (const n of ['S', 'M', 'L'] as const) {
    const series = snapshotSeries(recordTrace(n, 1, 30))
    for (const r of [colyseusQuantized, colyseusReckoning]) {
      const pair = r.open(series.types, 60)
      let sum = 0; const e: number[] = []; const d: number[] = []
      for (const [i, s] of series.snapshots.entries()) {
        const a = performance.now()
        const b = pair.encode(s)
        const c = performance.now()
        pair.decode(b)
        const f = performance.now()
        if (i === 0) continue
        sum += b.length; e.push(c - a); d.push(f - c)
      }
      const med = (x: number[]) => Math.round(x.sort((p, q) => p - q)[x.length >> 1]! * 1000)
      console.log(n, r.name, Math.round(sum / e.length), med(e), med(d))
    }
  }
}, 100000)
