// What properties over a lifecycle scenario look at, beside its observations. A type, and nothing else.

/** What properties over a lifecycle scenario look at, beside its observations. */
export interface LifecycleView {
  /** What the coordinator's machines still hold, and whether the connection they hold it for has ended. */
  readonly held: readonly { readonly machine: string; readonly connection: string; readonly ended: boolean }[]
}
