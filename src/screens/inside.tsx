/** What of the page is shown inside of a lobby, in it and in its match: one chunk, loaded while the start screen is read. */
import '../styles/people.css'
import '../styles/result.css'
import '../styles/lobby.css'
import '../styles/playing.css'
import '../styles/host-news.css'

export { HostNews } from '../lobby/host-news.tsx'
export { LeaveQuestion } from './leave-question.tsx'
export { LobbyScreen } from './lobby.tsx'
export { PlayingScreen } from './playing.tsx'
