// Renamings.

export interface Renaming {
  component(component: number): number
}
