/** Asks a STUN server with two addresses what stands before this host (RFC 5389 and 5780): how ports are mapped, and who may answer. */
import { randomBytes } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import type { Mapping } from '../peers.ts'

const BINDING_REQUEST = 0x0001
const MAGIC_COOKIE = 0x2112a442
const CHANGE_REQUEST = 0x0003
const XOR_MAPPED_ADDRESS = 0x0020
/** The flags of CHANGE-REQUEST: another address, another port. */
const FROM_ELSEWHERE = 0x06
/** How long an answer may take, ms: inside one machine it is there in one. */
const ANSWER_WITHIN_MS = 1000

export async function stunMapping(servers: readonly [string, string], port: number): Promise<Mapping> {
  const socket = createSocket('udp4')
  await new Promise<void>((bound) => socket.bind(0, bound))
  // The second address hears of this port only after somebody has answered from there.
  const first = await ask(socket, servers[0], port, false)
  const elsewhere = await ask(socket, servers[0], port, true)
  const second = await ask(socket, servers[1], port, false)
  socket.close()
  return { sameForAll: first === null || second === null ? null : first === second, openForAll: elsewhere !== null }
}

/** The outer port that the server sees; null: no answer. */
function ask(socket: Socket, server: string, port: number, fromElsewhere: boolean): Promise<number | null> {
  const request = requestOf(fromElsewhere)
  const id = request.subarray(8, 20)
  return new Promise((done) => {
    const end = (mapped: number | null): void => {
      clearTimeout(stop)
      socket.off('message', heard)
      done(mapped)
    }
    const heard = (message: Buffer): void => {
      if (message.subarray(8, 20).equals(id)) end(mappedPort(message))
    }
    const stop = setTimeout(() => end(null), ANSWER_WITHIN_MS)
    socket.on('message', heard)
    // Where there is no route to it, that is no answer either.
    socket.send(request, port, server, (error) => error && end(null))
  })
}

function requestOf(fromElsewhere: boolean): Buffer {
  const attributes = Buffer.alloc(fromElsewhere ? 8 : 0)
  if (fromElsewhere) {
    attributes.writeUInt16BE(CHANGE_REQUEST, 0)
    attributes.writeUInt16BE(4, 2)
    attributes.writeUInt32BE(FROM_ELSEWHERE, 4)
  }
  const head = Buffer.alloc(8)
  head.writeUInt16BE(BINDING_REQUEST, 0)
  head.writeUInt16BE(attributes.length, 2)
  head.writeUInt32BE(MAGIC_COOKIE, 4)
  return Buffer.concat([head, randomBytes(12), attributes])
}

function mappedPort(answer: Buffer): number | null {
  for (let at = 20; at + 8 <= answer.length; ) {
    const length = answer.readUInt16BE(at + 2)
    if (answer.readUInt16BE(at) === XOR_MAPPED_ADDRESS) return answer.readUInt16BE(at + 6) ^ (MAGIC_COOKIE >>> 16)
    // Attributes begin at multiples of four bytes.
    at += 4 + Math.ceil(length / 4) * 4
  }
  return null
}
