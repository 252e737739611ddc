// What the tokens of lifecycle scenarios often say, so that they can refer to it and stay short. Frozen: it is part of
// the version of a token, and one that was made with another vocabulary cannot be read. What comes later than a version
// of it, such as a new scenario, is spelled out.

const SCENARIOS =
  'skip-states phase-overlap message-before-accept ordered-progress two-machines five-events cloud-run-burst stripped-header subprotocol-auth get-or-create n-requests set-up-overhead fifty-connections owner-drops split-brain takeover reject services-fail unreliable-network reconnect-storm slow-auth-timeout half-open'

const PROPERTIES =
  'an unauthenticated connection gets nothing but a close|every connection ends up ready or closed|every standby is promoted when the owner goes|nothing processed before PROCESSING_READY|set-up overhead within 100 ms|no message lost, duplicated or reordered|all five agent events for each message|no orphan timer|no orphans at rest|phases in sequence|no 1011 without a fault|exactly one grant for concurrent requests|one machine per user|legal transitions only'

const EVENTS =
  '["agent/user-1.emit.tab-1#1","agent/user-1.agent_started#1","agent_thinking#1","tool_executing#1","tool_completed#1","agent_completed#1","balancer/upgrade.tab-1#1","balancer/frame.tab-1#1","store/user-1.lease-granted#1","user-1@a/registry.acquire#1","tab-1/drop#1",null,"fault"]\n["tab-1/reset#1","tab-1/vanish#1","tab-1/hold-back#1","tab-1/repeat#1","tab-1/crash#1","tab-1/bye#1","tab-1/ask#1","tab-1/request#1","tab-1/transport.heartbeat#1","tab-1/transport.connection_ready#1","tab-1/transport.closed#1","tab-1/services.run#1","tab-1/services.supervisor#1","tab-1/services.thread#1","tab-1/send#1","tab-1/message#1","tab-1/transport.opened#1","tab-1/transport.accepted#1","tab-1/auth.resolve#1","tab-1/upgrade#1","tab-1/connect#1"]\n["tab-2/'

const HEADERS = [
  '{"heddle":2,"version":"0.1.0","scenario":"split-brain","parameters":{"asksFor":"ACCEPTED","balancer":"strips-authorization","connections":1,"coordinator":"single:takeover","class:reject","standby","delays":{"accept":["1ms","100ms"],"coldStart":["200ms","2s"]},"faults":{"crashes":1,"delays":1,"drops":1,"duplicates":1,"halfOpens":1,"leaseLapses":1,"partialServices":1,"resets":1,"serviceFailures":1},"instances":2,"messages":0,"reconnects":1,"sends":"pipelined","sends":"when-ready","stagger":0,"token":"subprotocol","token":"missing","token":"invalid"},"seed":1,"strategy":"portfolio","timing":"untimed","expect":{"verdict":"no violation found","property":"stuck"}}',
  '{"ending":"rest","steps":1,"times":"untimed","times":[0,1000,0,"latest"}',
  '{"heddle":1,"version":"0.1.0","scenario":"five-tabs","parameters":{"asksFor":null,"balancer":"none","connections":2,"coordinator":"competing","delays":{"accept":["1ms","20ms"],"agent":["1ms","20ms"],"auth":["5ms","50ms"],"backoff":["50ms","500ms"],"coldStart":0,"faults":["0ms","300ms"],"heartbeat":["5s","10s"],"lease":"3s","leave":["1ms","20ms"],"messages":["0ms","10ms"],"network":["1ms","5ms"],"services":["10ms","200ms"]},"faults":{"crashes":0,"delays":0,"drops":0,"duplicates":0,"halfOpens":0,"leaseLapses":0,"partialServices":0,"resets":0,"serviceFailures":0},"instances":1,"messages":1,"reconnects":0,"sends":"on-open","stagger":"1ms","token":"header","users":1},"seed":null,"strategy":null,"timing":"sampled","expect":{"verdict":"violated","property":"one owner per user"}}',
  '{"ending":"violation","steps":1,"times":"earliest"}\n["tab-1/',
]

export const vocabulary: string = [SCENARIOS, PROPERTIES, EVENTS, ...HEADERS].join('\n')
