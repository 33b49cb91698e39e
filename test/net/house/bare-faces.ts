/** Every face for a page, as one bundle: what a bare context is given to load. */
export * as game from 'starwire'
export * as files from 'starwire/files'
export * as media from 'starwire/media'
export * as phaser from 'starwire/phaser'
export * as records from 'starwire/records'
export * as star from 'starwire/star'
export * as testing from 'starwire/testing'
