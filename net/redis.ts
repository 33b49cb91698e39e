/** The face `starwire/redis`: a signalling service of many processes, on one Redis. For Node. */

export { connectRedis, type RedisService, type RedisServiceOptions } from './signaling/server/redis/redis-service.ts'
