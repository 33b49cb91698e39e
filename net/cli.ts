#!/usr/bin/env node
/** The command `starwire`. */
import { runCommandLine } from './node/command-line.ts'

process.exitCode = await runCommandLine(process.argv.slice(2), {
  env: process.env,
  print: (line) => console.log(line),
  complain: (line) => console.error(line),
  onEnd(end) {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end)
    return () => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, end)
    }
  },
})
