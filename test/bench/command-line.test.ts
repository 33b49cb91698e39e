/** What `npm run bench` refuses: with a sentence and how it is asked for, before anything is measured. */
import { expect, it, vi } from 'vitest'
import { runCommandLine } from './command-line.ts'

it.each([
  [['feel', '--tick-rate', '9'], /whole number of ticks a second from 10 to 120, not "9"/],
  [['feel', '--tick-rate', '121'], /not "121"/],
  [['feel', '--tick-rate', '59.94'], /not "59\.94"/],
  [['feel', '--tick-rate', 'fast'], /not "fast"/],
  [['feel', '--profile', 'moon'], /no profile "moon"\. It has lan, good, average/],
  [['hidden', '--tick-rate', '30'], /The benchmark hidden takes no --tick-rate/],
  [['migration', '--runs', '0'], /--runs takes a whole number above 0, not "0"/],
  [['hidden', '--runs', '3'], /The benchmark hidden takes no --runs/],
  [['hidden', '--profile', 'lan'], /The benchmark hidden takes no --profile/],
])('%j is refused with a sentence: it is not taken for something else', async (args, sentence) => {
  const said = vi.spyOn(console, 'error').mockReturnValue()
  expect(await runCommandLine(args)).toBe(2)
  expect(said.mock.calls.join('\n')).toMatch(sentence)
  expect(said.mock.calls.join('\n')).toContain('npm run bench -- NAME')
  said.mockRestore()
})
