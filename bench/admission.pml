/* The admission race for Spin: the same steps and claims as sim/explore/admission.fixture.ts, one d_step for each
   step of a connection with its coordinator's whole reaction. Sizes come from outside: -DU users, -DC connections
   of each (1 to 3), -DM messages of each connection, -DD drops of all users together. */

#define EVENTS_OF_A_MESSAGE 5

#define IDLE         0
#define ACCEPTED     1
#define WAITING      2
#define INITIALISING 3
#define READY        4
#define GONE         5

typedef Connection {
  byte phase;
  byte sent;
  byte queued;
  byte done;
  byte processing; /* the number of the message, from 1; 0 if none */
  byte emitted;
  byte received
}

Connection connections[U * C];
byte owner[U]; /* the number of the connection, from 1; 0 if none */
chan waiting[U] = [C] of { byte };
byte dropped;

hidden byte first;

#define own      connections[_pid]
#define user     (_pid / C)
#define OPEN     (own.phase >= ACCEPTED && own.phase <= READY)

#define ADMITTED(i) (connections[i].phase == INITIALISING || connections[i].phase == READY)
#define HOLDS(i) ( \
    (!ADMITTED(i) || owner[user] == (i) + 1) && \
    (connections[i].processing == 0 || connections[i].phase == READY) && \
    connections[i].sent == connections[i].done + connections[i].queued + (connections[i].processing != 0) && \
    connections[i].received <= connections[i].emitted && \
    (connections[i].phase != WAITING || owner[user] != 0))

#if C == 1
#define CLAIMS assert(HOLDS(user))
#elif C == 2
#define CLAIMS assert(HOLDS(user * 2) && HOLDS(user * 2 + 1) && ADMITTED(user * 2) + ADMITTED(user * 2 + 1) <= 1)
#else
#define CLAIMS assert( \
    HOLDS(user * 3) && HOLDS(user * 3 + 1) && HOLDS(user * 3 + 2) && \
    ADMITTED(user * 3) + ADMITTED(user * 3 + 1) + ADMITTED(user * 3 + 2) <= 1)
#endif

inline start_next() {
  if
  :: own.processing == 0 && own.queued > 0 -> own.queued--; own.processing = own.done + 1
  :: else
  fi
}

inline forget() {
  own.sent = 0; own.queued = 0; own.done = 0; own.processing = 0; own.emitted = 0; own.received = 0
}

inline pass_on() {
  owner[user] = 0;
  if
  :: nempty(waiting[user]) ->
       waiting[user] ? first;
       owner[user] = first + 1;
       connections[first].phase = INITIALISING
  :: empty(waiting[user])
  fi
}

active [U * C] proctype connection() {
end:
  do
  :: d_step { own.phase == IDLE -> own.phase = ACCEPTED; CLAIMS }
  :: d_step { own.phase == ACCEPTED ->
       if
#ifdef BUG
       :: owner[user] == 0 || connections[owner[user] - 1].phase != READY ->
#else
       :: owner[user] == 0 ->
#endif
            owner[user] = _pid + 1; own.phase = INITIALISING
       :: else -> waiting[user] ! _pid; own.phase = WAITING
       fi;
       CLAIMS }
  :: d_step { own.phase == INITIALISING -> own.phase = READY; start_next(); CLAIMS }
  :: d_step { OPEN && own.sent < M ->
       own.sent++; own.queued++;
       if
       :: own.phase == READY -> start_next()
       :: else
       fi;
       CLAIMS }
  :: d_step { own.processing != 0 && own.emitted < EVENTS_OF_A_MESSAGE -> own.emitted++; CLAIMS }
  :: d_step { own.received < own.emitted ->
       own.received++;
       if
       :: own.received == EVENTS_OF_A_MESSAGE ->
            own.done++; own.processing = 0; own.emitted = 0; own.received = 0; start_next()
       :: else
       fi;
       CLAIMS }
  :: d_step { OPEN && dropped < D ->
       dropped++;
       if
       :: own.phase == WAITING -> waiting[user] ?? eval(_pid)
       :: own.phase == INITIALISING || own.phase == READY -> pass_on()
       :: else
       fi;
       own.phase = GONE; forget(); CLAIMS }
  od
}
