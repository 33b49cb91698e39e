import type { Plugin } from 'vite'

export function slimPackages(root?: string): Plugin
export function trimPeer(source: string, base: string): string
export function trimReader(source: string, text: string): string
export function trimPhaser(source: string): string
