import type { Plugin } from 'vite'

export function slimPeer(root?: string): Plugin
