// Who is in a chat room: one session for each user, on the newest of their connections. A connection that
// joins gets what it has missed, and then what is said from now on; what is said in between waits in a queue.
// Sockets, users, messages and timers are the server's, which hands them in.

export interface Message {
  /** Ascends by one from message to message, beginning with 1. */
  readonly id: number
  readonly from: string
  readonly text: string
}

/** What a connection gets: `history` first, and each message once. */
export type Frame =
  | { readonly type: 'history'; readonly messages: readonly Message[] }
  | { readonly type: 'message'; readonly message: Message }

/** A WebSocket of `ws` is one. What is sent once it is closed goes nowhere. */
export interface Socket {
  send(data: string): void
  close(code: number, reason: string): void
}

export interface Needs {
  /** Whose token it is; undefined for nobody's. */
  authenticate(token: string): Promise<string | undefined>
  /** What was said after a message, in order. */
  history(after: number): Promise<readonly Message[]>
  /** Stores what somebody says. The store then tells each server, which calls `deliver`. */
  append(from: string, text: string): Promise<void>
  /** As `setTimeout`; what it returns takes the timer back. */
  setTimer(ms: number, then: () => void): () => void
}

interface Session {
  /** Of the user's connections that logged in, the one that came last. */
  socket: Socket
  arrival: number
  /** Whether `socket` has its history. Until then, what is said is queued. */
  isReady: boolean
  /** The last message of that history: the store may tell of it later. */
  seen: number
  queue: Message[]
}

/** Why a connection was closed. */
export const CLOSE = { unauthenticated: 4401, takenOver: 4408 } as const

const LOGIN_MS = 10_000

export class Chat {
  readonly #needs: Needs
  /** Of each connection that is here, whose it turns out to be. */
  readonly #logins = new Map<Socket, Promise<string | undefined>>()
  /** By user. */
  readonly #sessions = new Map<string, Session>()
  #arrivals = 0

  constructor(needs: Needs) {
    this.#needs = needs
  }

  /** A connection has come, from a client that has seen the messages up to one. */
  async join(socket: Socket, token: string, seen = 0): Promise<void> {
    const arrival = ++this.#arrivals
    const login = this.#logIn(socket, token)
    this.#logins.set(socket, login)
    const user = await login
    if (user === undefined) return
    const session = this.#enter(user, socket, arrival)
    const messages = await this.#needs.history(seen)
    if (session.socket !== socket) return // taken over meanwhile
    send(socket, { type: 'history', messages })
    session.isReady = true
    session.seen = messages.at(-1)?.id ?? seen
    for (const message of session.queue.splice(0)) pass(session, message)
  }

  /** A connection says something, perhaps before it is known whose it is. */
  async say(socket: Socket, text: string): Promise<void> {
    const user = await this.#logins.get(socket)
    if (user !== undefined) await this.#needs.append(user, text)
  }

  /** The store has a new message. It tells of each once, in order. */
  deliver(message: Message): void {
    for (const session of this.#sessions.values()) {
      if (session.isReady) pass(session, message)
      else session.queue.push(message)
    }
  }

  /** A connection has gone. */
  leave(socket: Socket): void {
    this.#logins.delete(socket)
    for (const [user, session] of this.#sessions) {
      if (session.socket === socket) this.#sessions.delete(user)
    }
  }

  async #logIn(socket: Socket, token: string): Promise<string | undefined> {
    const giveUp = () => this.#close(socket, CLOSE.unauthenticated, 'too slow')
    const cancel = this.#needs.setTimer(LOGIN_MS, giveUp)
    const user = await this.#needs.authenticate(token)
    cancel()
    if (user === undefined) this.#close(socket, CLOSE.unauthenticated, 'unknown token')
    return this.#logins.has(socket) ? user : undefined
  }

  /** The user's session. The connection that came last has it from now on; the other one is closed. */
  #enter(user: string, socket: Socket, arrival: number): Session {
    const session = this.#sessions.get(user) ?? { socket, arrival, isReady: false, seen: 0, queue: [] }
    this.#sessions.set(user, session)
    if (session.socket === socket) return session
    const older = session.arrival < arrival ? session.socket : socket
    if (older !== socket) Object.assign(session, { socket, arrival, isReady: false })
    this.#close(older, CLOSE.takenOver, 'you are here on a newer connection')
    return session
  }

  #close(socket: Socket, code: number, reason: string): void {
    this.leave(socket)
    socket.close(code, reason)
  }
}

function pass({ socket, seen }: Session, message: Message): void {
  if (message.id > seen) send(socket, { type: 'message', message })
}

function send(socket: Socket, frame: Frame): void {
  socket.send(JSON.stringify(frame))
}
