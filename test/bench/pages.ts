/** Real pages for benchmarks: the tests' harness around the page of test/bench/pages, with a signalling server. */
import { starwire } from '../../net/vite.ts'
import { type Harness, startHarness } from '../browser/harness.ts'
import type { BenchPage } from './pages/main.ts'

declare global {
  interface Window {
    bench: BenchPage
  }
}

/** `realTabs`: a tab is hidden while another is in front of it. */
export function benchPages(options: { realTabs?: boolean } = {}): Promise<Harness> {
  return startHarness({
    root: 'test/bench/pages',
    plugins: [starwire({ iceServers: [], secret: 'a secret of the benchmarks, long enough' })],
    ...options,
  })
}
