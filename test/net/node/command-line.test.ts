/** The command `starwire`: what it says to what is typed. Its work is seen in the package's own test. */
import { expect, it } from 'vitest'
import { runCommandLine, USAGE } from '../../../net/node/command-line.ts'

async function typed(...args: string[]) {
  const printed: string[] = []
  const complaints: string[] = []
  const code = await runCommandLine(args, {
    env: {},
    print: (line) => printed.push(line),
    complain: (line) => complaints.push(line),
    onEnd: () => () => {},
  })
  return { code, printed, complaints }
}

it('tells how it is used when it is asked, or asked nothing', async () => {
  for (const args of [[], ['--help'], ['host', '-h']])
    expect(await typed(...args)).toEqual({ code: 0, printed: [USAGE], complaints: [] })
})

const url = ['--signaling', 'wss://game.example/starwire']

it.each([
  [['play'], /^There is no command "play": write starwire host FILE/],
  [['host', ...url], /^Write one file/],
  [['host', 'a.ts', 'b.ts', ...url], /^Write one file/],
  [['host', 'a.ts'], /^Write --signaling and the address/],
  [['host', 'a.ts', ...url, '--seats', '4'], /--seats/],
  [['host', 'a.ts', ...url, '--max-players', 'many'], /^--max-players is a whole number, not "many"/],
  [['host', 'a.ts', ...url, '--settings', '[1]'], /^--settings is an object in JSON, such as .+, not \[1\]/],
  [['host', 'a.ts', ...url, '--options', '{'], /^--options is an object in JSON/],
  [['host', 'a.ts', ...url, '--bot', '=1'], /^--bot is KIND or KIND=SKILL, such as ace=0.5, not "=1"/],
  [['host', 'a.ts', ...url, '--ports', '50000'], /^--ports is FIRST-LAST/],
  [['host', 'a.ts', ...url, '--page', 'nowhere'], /^--page is the address of the game's page/],
])('says what is wrong with %j, and exits with 2', async (args, sentence) => {
  const { code, printed, complaints } = await typed(...args)
  expect([code, printed, complaints.length]).toEqual([2, [], 2])
  expect(complaints[0]).toMatch(sentence)
})

it('says what failed when there is no such file, and exits with 1', async () => {
  const { code, complaints } = await typed('host', '/nowhere/tag.ts', ...url)
  expect(code).toBe(1)
  expect(complaints).toEqual([expect.stringMatching(/^There is no file \/nowhere\/tag.ts/)])
})
