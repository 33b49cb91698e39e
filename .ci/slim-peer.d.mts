import type { Plugin } from 'vite'

export function slimPeer(root?: string): Plugin
export function trimPeer(source: string, base: string): string
